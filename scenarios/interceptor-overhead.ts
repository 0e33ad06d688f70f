import { callsOf } from "./lib/calls.ts";
import { planFromEnvironment } from "./lib/environment.ts";
import { optionsOf } from "./lib/options.ts";

const plan = planFromEnvironment("interceptor-overhead", __ENV);
const calls = callsOf(plan, __ENV);

export const options = optionsOf(plan);
export const { warmUp } = calls;
export default calls.main;
