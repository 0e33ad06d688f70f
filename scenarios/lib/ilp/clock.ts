import exec from "k6/execution";

/**
 * Epoch milliseconds with a fraction, for this VU. k6's Date.now() counts whole milliseconds, and its run clock has no
 * epoch: the moment at which Date.now() steps joins the two, to some microseconds.
 */
export function epochClock(): () => number {
  // k6 makes a new object each time that it is asked for this one.
  const { instance } = exec;
  const first = Date.now();
  let epochMs = first;
  let runMs = 0;
  while (epochMs === first) {
    epochMs = Date.now();
    runMs = instance.currentTestRunDuration;
  }
  const originMs = epochMs - runMs;
  return () => originMs + instance.currentTestRunDuration;
}
