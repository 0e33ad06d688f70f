import type { Run } from "./run-schema.ts";

/** Whether a run held only on its retry. */
export function isFlaky({ retryOf, verdict }: Pick<Run, "retryOf" | "verdict">): boolean {
  return retryOf !== undefined && (verdict === "pass" || verdict === "warn");
}
