import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Run } from "./run-schema.ts";

/** Where a run keeps what was profiled. */
export const PROFILE_FOLDER = "profile";

/** Why a run that was profiled has no verdict. */
export const PROFILED = "profiled: the target was slowed down on purpose";

/** Whether the run in a folder was profiled, by its name alone: its run.json may be of another version. */
export function holdsProfile(folder: string): boolean {
  return existsSync(join(folder, PROFILE_FOLDER));
}

/** Whether a run was profiled, by what it says of itself. */
export function wasProfiled({ reasons }: Pick<Run, "reasons">): boolean {
  return reasons[0] === PROFILED;
}
