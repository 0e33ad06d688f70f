import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Window } from "../windows/window.ts";

/** Someone who follows a run while it goes. Whatever it does takes no time of the run, and never throws. */
export interface Onlooker {
  /** @param say a line for people, beside the live view */
  readonly begin: (run: Run, say: (line: string) => void) => void;
  /** A window as k6 wrote it. */
  readonly window: (window: Window) => void;
  readonly resources: (sample: ResourceSample) => void;
}
