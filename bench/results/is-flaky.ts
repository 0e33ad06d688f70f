import type { Run } from "./run-schema.ts";

/** Whether a run held only on its retry. */
export function isFlaky({ retryOf, verdict }: Pick<Run, "retryOf" | "verdict">): boolean {
  return retryOf !== undefined && (verdict === "pass" || verdict === "warn");
}

/** Whether a run fails only because its first try did: this one measured nothing. */
export function firstStands({ retryOf, verdict }: Pick<Run, "retryOf" | "verdict">): boolean {
  return verdict === "fail" && retryOf !== undefined && retryOf.ownVerdict !== "fail";
}
