import { planFromEnvironment } from "./lib/environment.ts";
import { packetCalls } from "./lib/ilp/calls.ts";
import { telemetryWatch } from "./lib/ilp/telemetry-watch.ts";
import { optionsOf } from "./lib/options.ts";

const plan = planFromEnvironment("chain", __ENV);
const calls = packetCalls(plan, __ENV, {
  destination: "test.e.bob.wallet",
  watch: telemetryWatch(plan, __ENV),
});

export const options = optionsOf(plan);
export const { warmUp } = calls;
export default calls.main;
