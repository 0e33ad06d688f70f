/** Two builds under one load: what `plimsoll ab` runs. */
import exec from "k6/execution";
import { Trend } from "k6/metrics";
import { buildAt, duetFromEnvironment } from "./lib/duet.ts";
import { sayHello } from "./lib/greeter.ts";
import { optionsOf } from "./lib/options.ts";
import { arrival } from "./lib/pacing.ts";
import { LATENCY } from "./lib/plan.ts";

const { plan, rate, urls } = duetFromEnvironment(__ENV);

/**
 * From asking for a connection to the last byte. Not from when the arrival was due, as elsewhere: what k6 itself was late is
 * noise in a comparison, and arrivals wait for no answer here either, so that a build that stalls cannot hide it.
 */
const latency = new Trend(LATENCY, true);
const pacingLag = new Trend("pacing_lag", true);

export const options = optionsOf(plan);

export default function main(): void {
  const { number, lagMs } = arrival(plan);
  const build = buildAt(number, rate);
  const tags = { phase: "hold", variant: plan.variant, build };
  Object.assign(exec.vu.metrics.tags, tags);
  if (lagMs !== undefined) pacingLag.add(lagMs);
  latency.add(sayHello(urls[build], plan.requestTimeoutMs, tags));
}
