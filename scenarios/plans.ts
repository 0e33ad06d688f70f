import { type Overrides, type Plan, type ProfileName, planOf, type Scenario } from "./lib/plan.ts";
import { chain } from "./plans/chain.ts";
import { basicLoad, interceptorOverhead, spike, stress } from "./plans/connector.ts";
import { burst, latencyLadder, soak } from "./plans/interledger.ts";

export { CONNECTOR_VARIANTS, FULL_CHAIN } from "./plans/connector.ts";

/** Every scenario by name, in the order a newcomer meets them. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = Object.fromEntries(
  [basicLoad, stress, spike, interceptorOverhead, soak, latencyLadder, burst, chain].map((scenario) => [
    scenario.name,
    scenario,
  ]),
);

/** What is run: a scenario in a profile, with what the user overrode. Undefined for a name that is none. */
export function plan(name: string, profile: ProfileName, overrides: Overrides = {}): Plan | undefined {
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  return scenario && planOf(scenario, profile, overrides);
}
