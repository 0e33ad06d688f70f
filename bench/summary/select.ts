import { join } from "node:path";
import { holdsProfile } from "../results/profiled.ts";
import type { Run } from "../results/run-schema.ts";
import { findRun, type RunFolder, readRun, runsIn } from "../results/store.ts";

export interface Selected {
  readonly folder: RunFolder;
  readonly run: Run;
}

/** `20261121T100000Z-stress-smoke-2`: when, what, and a number where that was taken. */
const NAME = /^\d{8}T\d{6}Z-(.+?)(?:-\d+)?$/;

/**
 * The runs of a summary in the order they are shown: those that are named, each once; without names, the newest of each
 * scenario and profile. Runs that were profiled are not of the set: their target was slowed down on purpose.
 *
 * @throws Failure `USAGE` for a run that is not there or cannot be read
 */
export function selectRuns(references: readonly string[], results: string): Selected[] {
  if (references.length > 0) {
    const folders = references.map((reference) => findRun(reference, results));
    const first = folders.filter(({ path }, i) => folders.findIndex((one) => one.path === path) === i);
    return first.map((folder) => ({ folder, run: readRun(folder) }));
  }
  // By their names alone, so that an old run of another version does not stop the others.
  const newest = new Map<string, string>();
  for (const id of runsIn(results))
    if (!holdsProfile(join(results, id))) newest.set(NAME.exec(id)?.[1] ?? id, id);
  const found = new Map<string, Selected>();
  for (const id of newest.values()) {
    const folder = { id, path: join(results, id) };
    const run = readRun(folder);
    const key = JSON.stringify([run.scenario, run.profile]);
    const known = found.get(key);
    if (!known || Date.parse(known.run.startedAt) <= Date.parse(run.startedAt))
      found.set(key, { folder, run });
  }
  return [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ run }: Selected): string {
  return `${run.scenario} ${run.profile}`;
}
