import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence, Instant } from "./evidence.ts";

/** p95 must be back under this many times what it was before the spike ... */
const FACTOR = 1.5;
/** ... or under this, since 1.5 x a fraction of a millisecond is only noise ... */
const FLOOR_MS = 5;
/** ... for this many windows in a row, of a second each. */
export const IN_A_ROW = 5;

export type Recovery = NonNullable<Findings["recovery"]>;

/** When latency was back for good after the spike; undefined when there was nothing before or no spike. */
export function recovery(evidence: Evidence): Recovery | undefined {
  const before = evidence.fold.trend(LATENCY, {
    scenario: evidence.plan.scenario,
    phase: "hold",
  });
  const beforeP95Ms = before.percentile(95);
  const spikeEndMs = endOfSpike(evidence);
  if (beforeP95Ms === undefined || spikeEndMs === undefined) return undefined;
  const limitMs = Math.max(FLOOR_MS, FACTOR * beforeP95Ms);
  const after = evidence.instants.filter(({ fromMs }) => fromMs >= spikeEndMs);
  const back = firstOfRun(after, limitMs);
  const last = after.at(-1);
  return {
    beforeP95Ms,
    limitMs,
    seconds: back ? (back.fromMs - spikeEndMs) / 1000 : null,
    observedSeconds: last ? (last.fromMs + last.ms - spikeEndMs) / 1000 : 0,
  };
}

/**
 * When the plan's last spike stage was over, from the first window of the load. Not when its last answer came: those of
 * a drowned target come late, and a silent one has none, and that time is what recovery takes.
 */
function endOfSpike({ plan, phases }: Evidence): number | undefined {
  const start = phases.find(({ phase }) => phase !== "warm-up");
  if (!start || !phases.some(({ phase }) => phase === "spike")) return undefined;
  const last = plan.load.stages.findLastIndex(({ phase }) => phase === "spike");
  const seconds = plan.load.stages.slice(0, last + 1).reduce((sum, stage) => sum + stage.seconds, 0);
  return start.fromMs + seconds * 1000;
}

/** The window that starts the first run of IN_A_ROW good ones. A window without answers is not a good one. */
function firstOfRun(instants: readonly Instant[], limitMs: number): Instant | undefined {
  let run = 0;
  for (const [i, { p95Ms }] of instants.entries()) {
    run = p95Ms !== undefined && p95Ms <= limitMs ? run + 1 : 0;
    if (run === IN_A_ROW) return instants[i - IN_A_ROW + 1];
  }
  return undefined;
}
