import { planFromEnvironment } from "./lib/environment.ts";
import { packetCalls } from "./lib/ilp/calls.ts";
import { optionsOf } from "./lib/options.ts";

const plan = planFromEnvironment("burst", __ENV);
const calls = packetCalls(plan, __ENV);

export const options = optionsOf(plan);
export const { warmUp } = calls;
export default calls.main;
