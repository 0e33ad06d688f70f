import { plan as planFor } from "../plans.ts";
import type { Environment } from "./environment.ts";
import type { Plan } from "./plan.ts";

/** The two builds of a duet; which of them a request went to is the tag `build`. */
export const BUILDS = ["a", "b"] as const;
export type Build = (typeof BUILDS)[number];

/** The other one. */
export function otherThan(build: Build): Build {
  return build === "a" ? "b" : "a";
}

export interface Duet {
  /** The scenario whose call is made, to its variant. */
  readonly scenario: string;
  /** Requests a second to each of the builds. */
  readonly rate: number;
  readonly seconds: number;
}

/** VUs that are made before the load begins, and that there may ever be: each holds some 0.5 MB. */
const MOST_READY_VUS = 200;
const MOST_VUS = 2_000;

/** So many times a second the builds change places. */
const SWAPS = 2;

/**
 * A load on two builds at once: one schedule at a constant rate, whose arrivals go to them in turn. Whatever the machine and
 * the generator do, they do to both within milliseconds, and what is left differs because the builds do ("duet", Bulej et
 * al., Duet Benchmarking, ICPE 2020).
 *
 * @returns undefined for a scenario that there is none of, or that does not load an HTTP server
 */
export function duetPlan({ scenario, rate, seconds }: Duet): Plan | undefined {
  const own = planFor(scenario, "smoke");
  if (own?.target !== "connector") return undefined;
  const { blocks: _oneVariant, ...call } = own;
  const all = BUILDS.length * rate;
  return {
    ...call,
    scenario: "duet",
    summary: "two builds at once: is one of them slower?",
    // Requests before the first whole second count for nothing, so that no load of its own has to warm up.
    warmUpSeconds: 0,
    extraTags: ["build"],
    sla: [],
    overrides: { rate, seconds },
    load: {
      model: "open",
      from: all,
      stages: [{ phase: "hold", seconds, to: all }],
      // A stall of the whole machine hits both builds; it should not cost arrivals as well. No answer takes longer than the
      // timeout, so at usual rates there is always a VU.
      preAllocatedVUs: Math.min(all, MOST_READY_VUS),
      maxVUs: Math.max(MOST_READY_VUS, Math.min(4 * all, MOST_VUS)),
    },
  };
}

/**
 * Which build an arrival goes to: a, b, a, b, and the other way round after each half of a second. So neither always comes
 * just after the other, and every window of a second has both orders in it.
 *
 * @param arrival 0-based number
 * @param rate requests a second to each build
 */
export function buildAt(arrival: number, rate: number): Build {
  const turns = Math.max(1, Math.round(rate / SWAPS));
  const swapped = Math.floor(arrival / (BUILDS.length * turns)) % 2;
  return BUILDS[(arrival + swapped) % BUILDS.length] as Build;
}

/** The duet that a script is told of by `-e SCENARIO=`, `-e RATE=`, `-e SECONDS=` and `-e BUILDS=a=URL,b=URL`. */
export function duetFromEnvironment(env: Environment): {
  plan: Plan;
  rate: number;
  urls: Record<Build, string>;
} {
  const number = (name: "RATE" | "SECONDS") => {
    const value = Number(env[name]);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name} is a whole number from 1 up: -e ${name}=50`);
    return value;
  };
  const duet = { scenario: env.SCENARIO ?? "basic-load", rate: number("RATE"), seconds: number("SECONDS") };
  const plan = duetPlan(duet);
  if (!plan) throw new Error(`${duet.scenario} is no scenario of the HTTP connector`);
  const url = (build: Build) => {
    const found = new RegExp(`(?:^|,)${build}=([^,]+)`).exec(env.BUILDS ?? "")?.[1];
    if (found === undefined) throw new Error(`BUILDS names no ${build}: -e BUILDS=a=URL,b=URL`);
    return found.replace(/\/+$/, "");
  };
  return { plan, rate: duet.rate, urls: { a: url("a"), b: url("b") } };
}
