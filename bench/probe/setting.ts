import { parseDocument } from "yaml";

/** What is not as the bundled soak has it. */
export interface Setting {
  /** Keys of the node's YAML: `{ "ledger.maxDelayMs": 2 }`. */
  readonly keys?: Readonly<Record<string, string | number>>;
  /** Connections of k6, a VU each. */
  readonly connections?: number;
  /** k6's GOGC. */
  readonly gogc?: number;
  /** Flags of Node for the target, in place of the bundled ones. */
  readonly nodeFlags?: readonly string[];
}

/** A YAML text with some keys set, by their paths, and all else as it was. */
export function withKeys(yaml: string, keys: NonNullable<Setting["keys"]>): string {
  const document = parseDocument(yaml);
  for (const [path, value] of Object.entries(keys)) document.setIn(path.split("."), value);
  return document.toString();
}
