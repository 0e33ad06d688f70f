import { CONNECTOR_VARIANTS, plan as planFor } from "../plans.ts";
import type { Overrides, Plan, ProfileName } from "./plan.ts";

/** k6's `-e NAME=value` pairs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The plan a script runs, from `-e PROFILE=smoke|full` (full unless said) and the overrides `-e RATE=`, `-e VUS=`,
 * `-e SECONDS=`. Throws with one line that says what to write instead.
 */
export function planFromEnvironment(scenario: string, env: Environment): Plan {
  const profile = env.PROFILE || "full";
  if (profile !== "smoke" && profile !== "full") {
    throw new Error(
      `PROFILE is "smoke" or "full", not "${profile}": k6 run -e PROFILE=smoke dist/${scenario}.js`,
    );
  }
  const plan = planFor(scenario, profile satisfies ProfileName, overrides(env));
  if (!plan) throw new Error(`there is no plan for a scenario named "${scenario}" in scenarios/plans.ts`);
  if (plan.load.model === "closed" && plan.overrides.rate !== undefined) {
    throw new Error(`${scenario} is about callers, not about a rate: -e VUS=100 instead of RATE`);
  }
  return plan;
}

function overrides(env: Environment): Overrides {
  const rate = count(env, "RATE", 0);
  const vus = count(env, "VUS", 1);
  const seconds = count(env, "SECONDS", 1);
  return {
    ...(rate !== undefined && { rate }),
    ...(vus !== undefined && { vus }),
    ...(seconds !== undefined && { seconds }),
  };
}

function count(env: Environment, name: string, least: number): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || text.trim() === "") {
    throw new Error(`${name} is a whole number from ${least} up, not "${text}": -e ${name}=100`);
  }
  return value;
}

/**
 * Where a variant of the target answers, without a slash at the end.
 * `-e VARIANTS=none=URL,full=URL` names each; else `-e BASE_URL=` serves every variant of a single-variant scenario;
 * else the bundled connector's default ports.
 */
export function urlOf(env: Environment, variant: string): string {
  if (env.VARIANTS) {
    for (const pair of env.VARIANTS.split(",")) {
      const [name, ...rest] = pair.split("=");
      const url = rest.join("=").replace(/\/+$/, "");
      if (name === variant && url !== "") return url;
    }
    throw new Error(
      `VARIANTS has no URL for variant "${variant}": -e VARIANTS=${variant}=http://127.0.0.1:8080,...`,
    );
  }
  if (env.BASE_URL) return env.BASE_URL.replace(/\/+$/, "");
  const port = CONNECTOR_VARIANTS.indexOf(variant as (typeof CONNECTOR_VARIANTS)[number]);
  if (port < 0) throw new Error(`the connector has no variant "${variant}"; use -e VARIANTS=${variant}=URL`);
  return `http://127.0.0.1:${8080 + port}`;
}
