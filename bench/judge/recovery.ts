import { LATENCY, PROMISED_MS } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence, Instant } from "./evidence.ts";

/** p95 must be back under this many times what it was before the spike ... */
const FACTOR = 1.5;
/** ... or under this, since 1.5 x a fraction of a millisecond is only noise ... */
const FLOOR_MS = 5;
/** ... for this many windows in a row, of a second each. */
export const IN_A_ROW = 5;

export type Recovery = NonNullable<Findings["recovery"]>;

/**
 * When latency was back for good after the spike; of several, after the one it took longest for. Undefined when there was
 * nothing before or no spike.
 */
export function recovery(evidence: Evidence): Recovery | undefined {
  const before = evidence.fold.trend(LATENCY, {
    scenario: evidence.plan.scenario,
    phase: "hold",
  });
  const beforeP95Ms = before.percentile(95);
  const calms = calmsOf(evidence);
  if (beforeP95Ms === undefined || calms.length === 0) return undefined;
  // Packets are back when they take what is promised of them, however long they took before.
  const limitMs =
    evidence.plan.load.model === "paced" ? PROMISED_MS : Math.max(FLOOR_MS, FACTOR * beforeP95Ms);
  const each = calms.map(({ fromMs, toMs }) => {
    const after = evidence.instants.filter((instant) => instant.fromMs >= fromMs && instant.fromMs < toMs);
    const back = firstOfRun(after, limitMs);
    const last = after.at(-1);
    return {
      seconds: back ? (back.fromMs - fromMs) / 1000 : null,
      observedSeconds: last ? (last.fromMs + last.ms - fromMs) / 1000 : 0,
    };
  });
  const worst = each.reduce((a, b) => ((b.seconds ?? Infinity) > (a.seconds ?? Infinity) ? b : a));
  return { beforeP95Ms, limitMs, ...worst };
}

/**
 * The times after each spike of the plan, to the next one or the end, from the first window that has an answer of the load: recovery may read as a second longer, not
 * shorter. Not from when a
 * spike's last answer came: those of a drowned target come late, and a silent one has none, and that time is what
 * recovery takes.
 */
function calmsOf({ plan: { load }, phases, instants }: Evidence): { fromMs: number; toMs: number }[] {
  const start = instants.find(({ answers }) => answers > 0);
  if (!start || !phases.some(({ phase }) => phase === "spike")) return [];
  const calms: { fromMs: number; toMs: number }[] = [];
  let atMs = start.fromMs;
  for (const [i, { phase, seconds }] of load.stages.entries()) {
    const open = calms.at(-1);
    if (phase === "spike" && open?.toMs === Number.POSITIVE_INFINITY) open.toMs = atMs;
    atMs += seconds * 1000;
    if (phase === "spike" && load.stages[i + 1]?.phase !== "spike")
      calms.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
  }
  return calms;
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
