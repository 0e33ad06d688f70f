import type { Run } from "../results/run-schema.ts";

/** What CI servers set, and what people set to say that they are none. */
const NOT_CI: readonly (string | undefined)[] = [undefined, "", "0", "false"];

/** Whether this is a CI job, by the environment variable that all of them set. */
export function inCi({ CI }: NodeJS.ProcessEnv): boolean {
  return !NOT_CI.includes(CI);
}

/** Whether a second run could say more: the first is whole, and failed or measured nothing. A fault of ours is not tried again. */
export function isWorthARetry({ state, exitCode }: Pick<Run, "state" | "exitCode">): boolean {
  return state === "complete" && (exitCode === 99 || exitCode === 4);
}
