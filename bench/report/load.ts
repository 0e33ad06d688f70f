import { z } from "zod";
import type { Load } from "../../scenarios/lib/plan.ts";
import { arrivalsDue, durationOf, intendedStart } from "../../scenarios/lib/schedule.ts";
import { count } from "../format.ts";
import type { Run } from "../results/run-schema.ts";
import type { Point, Span, Timeline } from "./timeline.ts";

const stages = z.array(
  z.object({
    phase: z.enum(["warm-up", "ramp", "hold", "spike", "recovery"]),
    seconds: z.number().nonnegative(),
    to: z.number().nonnegative(),
  }),
);
const from = z.number().nonnegative();
const load = z.discriminatedUnion("model", [
  z.object({ model: z.literal("open"), from, stages, preAllocatedVUs: z.number(), maxVUs: z.number() }),
  z.object({ model: z.literal("paced"), from, stages, connections: z.number() }),
  z.object({ model: z.literal("closed"), from, stages, thinkMs: z.number() }),
]);

/** The load a run's plan asked for; undefined when the plan in run.json is not one we can read. */
export function loadOf(run: Run): Load | undefined {
  const parsed = load.safeParse(run.plan.load);
  return parsed.success && parsed.data.stages.length > 0 ? parsed.data : undefined;
}

/** When the load began, epoch milliseconds, after the warm-up; undefined when nothing after it was seen. */
export function loadStartMs(timeline: Timeline, load: Load): number | undefined {
  const first = timeline.phases.find((span) => span.name !== "warm-up");
  if (!first) return undefined;
  if (load.model === "closed") return first.fromMs;
  return alignedStart(timeline.points, first.fromMs, load);
}

/** Windows to count arrivals in before the start of the load is worked out from them. */
const ALIGN_WINDOWS = 3;

/**
 * A window tells only to the second when the load began, which on a steep ramp would look like a target that lags.
 * The number of arrivals in the first windows tells it finer: n arrivals by t means it began n's due time before t.
 */
function alignedStart(points: readonly Point[], firstMs: number, load: Load): number {
  const begin = points.findIndex((point) => point.toMs > firstMs);
  const some = points.slice(begin, begin + ALIGN_WINDOWS);
  const end = some.at(-1);
  if (begin < 0 || !end) return firstMs;
  const arrivals = some.reduce((sum, point) => sum + point.requests - point.warmUp + point.dropped, 0);
  const estimate = end.toMs - intendedStart(load, Math.max(0, arrivals - 1)) * 1000;
  const slackMs = some[0] ? some[0].toMs - some[0].fromMs : 0;
  return Math.min(Math.max(estimate, firstMs - slackMs), firstMs + slackMs);
}

/** Arrivals a second an open model asked for in each point; null before and after the load. */
export function askedPerSecond(timeline: Timeline, load: Load): (number | null)[] {
  const beganMs = load.model !== "closed" ? loadStartMs(timeline, load) : undefined;
  if (beganMs === undefined) return timeline.points.map(() => null);
  const endMs = beganMs + durationOf(load) * 1000;
  return timeline.points.map(({ fromMs, toMs, seconds }) => {
    if (toMs <= beganMs || fromMs >= endMs || seconds <= 0) return null;
    const due = (atMs: number) => arrivalsDue(load, Math.max(0, (atMs - beganMs) / 1000));
    return (due(toMs) - due(fromMs)) / seconds;
  });
}

/**
 * What the charts mark as bands: the phases, or the stages of a load that is in one phase all along (a staircase of
 * callers says more by its steps than by `ramp`).
 */
export function bandsOf(run: Run, timeline: Timeline): readonly Span[] {
  const load = loadOf(run);
  const phases = new Set(load?.stages.map(({ phase }) => phase));
  if (!load || phases.size !== 1 || load.stages.length < 2) return timeline.phases;
  const beganMs = loadStartMs(timeline, load);
  const endMs = timeline.points.at(-1)?.toMs;
  if (beganMs === undefined || endMs === undefined) return timeline.phases;
  const spans = timeline.phases.filter(({ name }) => name === "warm-up");
  let fromMs = beganMs;
  for (const { to, seconds } of load.stages) {
    const toMs = Math.min(fromMs + seconds * 1000, endMs);
    if (toMs > fromMs) spans.push({ name: `to ${count(to)}`, fromMs, toMs });
    fromMs = toMs;
  }
  return spans;
}
