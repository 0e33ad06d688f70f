/** Runs on the disk, as `plimsoll run` leaves them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Window } from "../../windows/window.ts";
import type { ResourceSample, Run } from "../run-schema.ts";
import { type RunFolder, writeRun } from "../store.ts";

/** Writes a run below `root`, under its own name unless another is given. */
export function laidRun(
  root: string,
  { run, windows, resources }: { run: Run; windows: readonly Window[]; resources: readonly ResourceSample[] },
  id = run.run,
): RunFolder {
  const folder = { id, path: join(root, id) };
  mkdirSync(folder.path, { recursive: true });
  writeRun(folder, { ...run, run: id });
  const lines = (records: readonly object[]) =>
    records.map((record) => `${JSON.stringify(record)}\n`).join("");
  writeFileSync(join(folder.path, "windows.ndjson"), lines(windows));
  writeFileSync(join(folder.path, "resources.ndjson"), lines(resources));
  return folder;
}
