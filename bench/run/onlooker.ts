import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Window } from "../windows/window.ts";

/** Someone who follows a run while it goes. Whatever it does takes no time of the load, and but for `check` it never throws. */
export interface Onlooker {
  /** The target is up and nothing is loaded yet; what this throws ends it, and nothing is kept. */
  readonly check?: (run: Run) => void;
  /**
   * @param say a line for people, beside the live view
   * @param giveUp ends the load: there is no use in the rest of it
   */
  readonly begin: (run: Run, say: (line: string) => void, giveUp: () => void) => void;
  /** A window as k6 wrote it. */
  readonly window: (window: Window) => void;
  readonly resources: (sample: ResourceSample) => void;
  /** The load is over, and the target still runs: it is stopped once this resolves, which has a bound. */
  readonly afterLoad?: () => Promise<void>;
}
