import { setFlagsFromString } from "node:v8";

/** How much may gather beside what lives, at least until the next full collection ... */
const BUDGET_BYTES = 256 << 20;
/** ... and at most this many times as much as lives. */
const MOST_TIMES = 9;

/**
 * Lets this process's heap grow while it watches a load, from its next full collection on. V8 counts the bytes behind its
 * buffers, and k6's windows come in many: it collected everything every few seconds, on all cores for 30 ms, which was the
 * p99 of a target that shares them.
 *
 * @returns what makes it as careful as before, from the next full collection on
 */
export function quietHeap(): () => void {
  const { heapUsed, external } = process.memoryUsage();
  const times = Math.min(MOST_TIMES, BUDGET_BYTES / (heapUsed + external));
  setFlagsFromString(`--heap-growing-percent=${Math.ceil(100 * times)}`);
  return () => setFlagsFromString("--heap-growing-percent=0");
}
