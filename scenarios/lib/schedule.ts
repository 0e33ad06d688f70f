import type { Load, Phase, Stage } from "./plan.ts";

/**
 * When each arrival of a ramping open model is due, and which phase a moment belongs to.
 *
 *     rate            The area under the line up to t is the number of arrivals due by t;
 *      ^     ______   arrival n (0-based) is due when the area reaches n + 1, which is
 *      |    /      \  how k6's ramping-arrival-rate executor counts them.
 *      |   /        \
 *      +--------------> t
 */

/** How many arrivals are due in the first `seconds` of a load; fractional. */
export function arrivalsDue(load: Load, seconds: number): number {
  let area = 0;
  let start = 0;
  let from = load.from;
  for (const stage of load.stages) {
    const t = Math.min(Math.max(seconds - start, 0), stage.seconds);
    const slope = stage.seconds > 0 ? (stage.to - from) / stage.seconds : 0;
    area += from * t + (slope * t * t) / 2;
    start += stage.seconds;
    from = stage.to;
  }
  return area;
}

/** How many arrivals a load asks for in all stages of one phase. */
export function arrivalsInPhase(load: Load, phase: Phase): number {
  let start = 0;
  let sum = 0;
  for (const stage of load.stages) {
    if (stage.phase === phase) sum += arrivalsDue(load, start + stage.seconds) - arrivalsDue(load, start);
    start += stage.seconds;
  }
  return sum;
}

/**
 * The arrivals a phase is sure to have: of the fraction at either end, the neighbouring phase may get the arrival.
 * A millionth is added against rounding errors, so that a whole number stays itself.
 */
export function wholeArrivalsIn(load: Load, phase: Phase): number {
  return Math.floor(arrivalsInPhase(load, phase) + 1e-6);
}

/**
 * When arrival `n` is due, in seconds from the start of the load; the end of the load when it asks for fewer.
 *
 * @param n 0-based
 */
export function intendedStart(load: Load, n: number): number {
  let left = n + 1;
  let start = 0;
  let from = load.from;
  for (const stage of load.stages) {
    const area = ((from + stage.to) / 2) * stage.seconds;
    if (left <= area && area > 0) return start + timeToArea(from, stage, left);
    left -= area;
    start += stage.seconds;
    from = stage.to;
  }
  return start;
}

/** Solves from*t + slope/2*t^2 = area for t, seconds from the start of one stage that begins at rate `from`. */
export function timeToArea(from: number, stage: Stage, area: number): number {
  if (from === stage.to) return area / from;
  const slope = (stage.to - from) / stage.seconds;
  // The textbook root cancels badly for small slopes; this form of the same root does not.
  return (2 * area) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * area)));
}

/** The stage that `seconds` from the start falls into; the last one when it is over. */
export function stageAt(load: Load, seconds: number): Stage {
  let end = 0;
  for (const stage of load.stages) {
    end += stage.seconds;
    if (seconds < end) return stage;
  }
  return load.stages[load.stages.length - 1] as Stage;
}

/** A stage, and from when to when it lasts, seconds from the start of the load. */
export interface Span {
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
}

/** The stage that asks for the arrival due at `seconds`: one due as a stage ends is that stage's last. */
export function spanOfArrival(load: Load, seconds: number): Span {
  let from = 0;
  let last: Span | undefined;
  for (const stage of load.stages) {
    const to = from + stage.seconds;
    last = { stage, from, to };
    // Sums of fractions, as in wholeArrivalsIn.
    if (stage.seconds > 0 && seconds <= to + 1e-9) return last;
    from = to;
  }
  return last as Span;
}

/** A time in which the load neither rises nor falls, seconds from the start of the load. */
export interface LevelSpan {
  readonly from: number;
  readonly to: number;
}

/** When a load is level, at one rate or number of callers each; a jump ends one and begins the next. */
export function levelSpans(load: Load): LevelSpan[] {
  const spans: LevelSpan[] = [];
  let [start, level, open] = [0, load.from, false];
  for (const { seconds, to } of load.stages) {
    const stays = level === to;
    if (stays && seconds > 0) {
      const from = open ? (spans.pop() as LevelSpan).from : start;
      spans.push({ from, to: start + seconds });
      open = true;
    } else if (!stays) open = false;
    start += seconds;
    level = to;
  }
  return spans;
}

/** Length of all stages in seconds. */
export function durationOf(load: Load): number {
  return load.stages.reduce((sum, stage) => sum + stage.seconds, 0);
}
