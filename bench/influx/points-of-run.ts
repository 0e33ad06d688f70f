import type { ResourceSample, Run } from "../results/run-schema.ts";
import { latencyPastDrops } from "../windows/dropped-arrivals.ts";
import { PhaseTracker } from "../windows/fold.ts";
import type { Tags, Window } from "../windows/window.ts";
import type { InfluxPoint } from "./point.ts";
import { resourcePoints } from "./resource-points.ts";
import { endPoints, phasePoint, runTags, startPoints } from "./run-points.ts";
import { windowPoints } from "./window-points.ts";

/**
 * Every point of one run, from what a run writes to its folder. Points depend on nothing else, so a run that is streamed
 * while it goes and one that is pushed a week later leave the same points, and doing both leaves them once.
 */
export class PointsOfRun {
  readonly #run: Run;
  readonly #tags: Tags;
  readonly #phases = new PhaseTracker();
  readonly #latencyRight = latencyPastDrops();
  #leftOut = 0;

  /** @param run as it was when it started, or later: what is read of it here does not change */
  constructor(run: Run) {
    this.#run = run;
    this.#tags = runTags(run);
  }

  /** Series that were too many for their window. */
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
    const { points, leftOut } = windowPoints(this.#latencyRight(window), this.#tags);
    this.#leftOut += leftOut;
    return [...points, ...this.#phases.spans.slice(known).map((span) => phasePoint(this.#run, span))];
  }

  resources(sample: ResourceSample): InfluxPoint[] {
    return resourcePoints(sample, this.#tags);
  }

  /** @param run as it was judged */
  end(run: Run): InfluxPoint[] {
    return endPoints(run);
  }
}
