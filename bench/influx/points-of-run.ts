import { count } from "../format.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import { variantUsage } from "../results/variant-usage.ts";
import { latencyPastDrops } from "../windows/dropped-arrivals.ts";
import { PhaseTracker } from "../windows/fold.ts";
import type { Tags, Window } from "../windows/window.ts";
import { callsPoints } from "./calls-points.ts";
import type { InfluxPoint } from "./point.ts";
import { type KnownNodes, resourcePoints, variantPoints } from "./resource-points.ts";
import { endPoints, phasePoint, runTags, startPoints, zeroMs } from "./run-points.ts";
import { totalsPoint } from "./totals-point.ts";
import { MOST_SERIES, windowPoints } from "./window-points.ts";

/** @param leftOut series of the window that had the most too many */
export const tooManySeries = (leftOut: number) =>
  `of a second up to ${count(leftOut)} series were too many, and are left out`;

/**
 * Every point of one run, from what a run writes to its folder. Points depend on nothing else, so a run that is streamed
 * while it goes and one that is pushed a week later leave the same points, and doing both leaves them once.
 */
export class PointsOfRun {
  readonly #run: Run;
  readonly #tags: Tags;
  readonly #phases = new PhaseTracker();
  readonly #zeroMs: number;
  readonly #latencyRight = latencyPastDrops();
  readonly #variantUsage = variantUsage();
  readonly #nodes: KnownNodes = new Set();
  #leftOut = 0;

  /** @param run as it was when it started, or later: what is read of it here does not change */
  constructor(run: Run) {
    this.#run = run;
    this.#tags = runTags(run);
    this.#zeroMs = zeroMs(run);
  }

  /** Series that were too many, in the window that had the most of them. */
  get leftOut(): number {
    return this.#leftOut;
  }

  start(): InfluxPoint[] {
    return startPoints(this.#run);
  }

  /** @param window as k6 wrote it; in their order */
  window(window: Window): InfluxPoint[] {
    const known = this.#phases.spans.length;
    this.#phases.add(window);
    const right = this.#latencyRight(window);
    const calls = callsPoints(right, this.#tags);
    const { points, leftOut } = windowPoints(right, this.#tags, MOST_SERIES - calls.length);
    this.#leftOut = Math.max(this.#leftOut, leftOut);
    const totals = totalsPoint(right, this.#tags, this.#zeroMs);
    return [
      totals,
      ...calls,
      ...points,
      ...this.#phases.spans.slice(known).map((span) => phasePoint(this.#run, span)),
    ];
  }

  /** @param sample in their order */
  resources(sample: ResourceSample): InfluxPoint[] {
    return [
      ...resourcePoints(sample, this.#tags, this.#zeroMs, this.#nodes),
      ...variantPoints(this.#variantUsage(sample), this.#tags, Date.parse(sample.at)),
    ];
  }

  /** @param run as it was judged */
  end(run: Run): InfluxPoint[] {
    return endPoints(run);
  }
}
