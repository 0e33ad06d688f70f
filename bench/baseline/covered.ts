import type { Run } from "../results/run-schema.ts";
import { startMs, type Window } from "../windows/window.ts";

/**
 * How much of a run's phases its windows cover. Those of k6 meet without a gap, so that a second which is missing was in the
 * file when run.json was made from it, and is not any more.
 */
export class Covered {
  readonly #spans: readonly { readonly fromMs: number; readonly toMs: number }[];
  #coveredMs = 0;

  constructor(phases: Run["phases"]) {
    this.#spans = phases.map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }));
  }

  /** Hands windows on, and counts them. */
  async *counted(windows: AsyncIterable<Window> | Iterable<Window>): AsyncGenerator<Window> {
    for await (const window of windows) {
      const fromMs = startMs(window);
      for (const span of this.#spans) {
        const overlap = Math.min(fromMs + window.ms, span.toMs) - Math.max(fromMs, span.fromMs);
        this.#coveredMs += Math.max(0, overlap);
      }
      yield window;
    }
  }

  /** Of the windows so far. */
  get missingSeconds(): number {
    const allMs = this.#spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return Math.max(0, allMs - this.#coveredMs) / 1000;
  }
}
