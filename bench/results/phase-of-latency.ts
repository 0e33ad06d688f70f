import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { SlaResult } from "./run-schema.ts";

/** The phase of a run that its figures are about: the one that all latency rows of its SLA name; undefined: no single one. */
export function phaseOfLatency(sla: readonly Pick<SlaResult, "metric" | "tags">[]): string | undefined {
  const phases = new Set(sla.filter(({ metric }) => metric === LATENCY).map(({ tags }) => tags.phase));
  const [phase] = phases;
  return phases.size === 1 ? phase : undefined;
}
