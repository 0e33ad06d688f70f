import { setFlagsFromString } from "node:v8";

/** How much the old generation may grow before all of it is collected, in percent of what lived through the last time. */
const GROWTH_PERCENT = 900;

/**
 * Lets this process's heap grow while it watches a load. V8 counts the bytes behind its buffers, and k6's windows come in
 * many: it collected everything every few seconds, on all cores for 30 ms, which is the p99 of a target that shares them.
 *
 * @returns what makes it as careful as before
 */
export function quietHeap(): () => void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  return () => setFlagsFromString("--heap-growing-percent=0");
}
