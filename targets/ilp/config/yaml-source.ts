import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";

/** Where YAML is no YAML. */
export interface YamlFault {
  readonly line: number;
  readonly message: string;
}

/** Anchors that are used again: none of our files needs many, and nested ones would grow without bound. */
const MAX_ALIASES = 10;

/** YAML as data that knows its lines. */
export class YamlSource {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      stringKeys: true,
    });
  }

  /** The first thing that is no YAML, or looks like what it cannot be. */
  get fault(): YamlFault | undefined {
    const [first] = [...this.#document.errors, ...this.#document.warnings];
    if (first === undefined) return undefined;
    const message = first.message.split("\n")[0] ?? "";
    return { line: this.#lines.linePos(first.pos[0]).line, message };
  }

  /** @throws ReferenceError when more is anchored and used again than a file needs */
  value(): unknown {
    return this.#document.toJS({ maxAliasCount: MAX_ALIASES });
  }

  has(path: readonly PropertyKey[]): boolean {
    return this.#document.hasIn(path);
  }

  /** The line of a key, or of the nearest one around it that is there; from 1. */
  lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#offsetOf(path.slice(0, length));
      if (offset !== undefined) return this.#lines.linePos(offset).line;
    }
    return 1;
  }

  #offsetOf(path: readonly PropertyKey[]): number | undefined {
    const parent =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      if (isScalar(pair?.key)) return pair.key.range?.[0];
    }
    const node = this.#document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }
}
