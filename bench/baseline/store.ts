import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { RESULTS, writeAtomic } from "../results/store.ts";
import { oneLine, readVersioned } from "../results/versioned-json.ts";
import { WindowError } from "../windows/window.ts";
import { BASELINE_SCHEMA, type Baseline, baselineSchema } from "./baseline-schema.ts";
import { summaryOf } from "./summary.ts";

/** Where baselines are kept, and tracked by git, unless the user says otherwise. */
export const BASELINES = join(RESULTS, "baselines");

/** What a baseline is called: `basic-load.smoke`. */
export function nameOf({ scenario, profile }: Pick<Baseline, "scenario" | "profile">): string {
  return `${scenario}.${profile}`;
}

/** Checks a baseline, then writes it in place of the one of its scenario and profile. */
export function writeBaseline(baseline: Baseline, root: string = BASELINES): string {
  const { blocks, ...head } = baselineSchema.parse(baseline);
  const file = join(root, `${nameOf(baseline)}.json`);
  const lines = blocks.map((block) => JSON.stringify(block)).join(",\n");
  try {
    // A line a block: git sees what changed, and an editor can open it.
    writeAtomic(file, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "blocks": [\n${lines}\n  ]\n}\n`);
  } catch (error) {
    throw new Failure("USAGE", `cannot write a baseline to ${root}: ${(error as Error).message}`);
  }
  return file;
}

/** The file of a baseline by its name or path; undefined when there is none. */
export function baselineFile(reference: string, root: string = BASELINES): string | undefined {
  return [join(root, `${reference}.json`), resolve(reference)].find(
    (file) => file.endsWith(".json") && existsSync(file),
  );
}

/** Reads a baseline by its name or path; a Failure in one line that says what is wrong, or which there are. */
export function readBaseline(reference: string, root: string = BASELINES): Baseline {
  const file = baselineFile(reference, root);
  if (file === undefined) {
    const names = baselineNames(root).join(", ");
    const instead = names ? `there are ${names}` : "save one: npx plimsoll baseline save latest";
    throw new Failure("USAGE", `there is no baseline "${reference}"; ${instead}`);
  }
  const baseline = readVersioned(file, "baseline", BASELINE_SCHEMA, baselineSchema);
  try {
    // Whoever reads it later has no file to name.
    summaryOf(baseline.blocks);
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `${file} is not a whole baseline: ${oneLine(error)}`);
  }
  return baseline;
}

/** All baselines in a folder, sorted by name, and why others in it cannot be read. */
export function readBaselines(root: string = BASELINES): { baselines: Baseline[]; unreadable: Failure[] } {
  const [baselines, unreadable]: [Baseline[], Failure[]] = [[], []];
  for (const name of baselineNames(root)) {
    try {
      baselines.push(readBaseline(name, root));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unreadable.push(error);
    }
  }
  return { baselines, unreadable };
}

/** Names of the baselines in a folder, sorted. */
export function baselineNames(root: string = BASELINES): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}
