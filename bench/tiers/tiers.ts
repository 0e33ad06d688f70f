/** The tiers: what is run on a push, before a merge and at night. */

/** A command of plimsoll, and how long it should take. */
export interface Step {
  readonly title: string;
  /** `{results}` and `{base}` are filled in when it is run. */
  readonly argv: readonly string[];
  /** Wall time in a checkout that is set up: start, load, stop and report, and some room. */
  readonly seconds: number;
  /** Exit code 4 is no news here: a trend has no data before its fifth night. */
  readonly mayLackData?: true;
}

export const TIER_NAMES = ["1", "2", "3"] as const;
export type TierName = (typeof TIER_NAMES)[number];

export interface Tier {
  readonly title: string;
  /** What all its steps and its summary may take together. */
  readonly limitSeconds: number;
  readonly steps: readonly Step[];
}

/**
 * Packets a second of the tiers that run on shared machines. Two quiet cores hold the plans' own 10,000 by a tenth of the limit
 * (docs/performance.md), which tells of the neighbours elsewhere; the nightly tier has the plans' rates.
 */
const SHARED_RATE = "2000";

const EVERY_PUSH: readonly Step[] = [
  smoke("basic-load", 40),
  smoke("stress", 40),
  smoke("spike", 40),
  smoke("interceptor-overhead", 40),
  smoke("soak", 40, "--rate", SHARED_RATE),
  smoke("chain", 40),
];

export const TIERS: Readonly<Record<TierName, Tier>> = {
  "1": { title: "smoke, on every push", limitSeconds: 300, steps: EVERY_PUSH },
  "2": {
    title: "comprehensive, before a merge",
    limitSeconds: 900,
    steps: [
      ...EVERY_PUSH,
      smoke("latency-ladder", 40, "--rate", SHARED_RATE),
      smoke("burst", 40, "--rate", SHARED_RATE),
      {
        title: "ab",
        argv: ["ab", "{base}", "HEAD", "--scenario", "basic-load", "--out", "{results}", "--json"],
        seconds: 180,
      },
    ],
  },
  "3": {
    title: "full, at night",
    limitSeconds: 3 * 3_600,
    steps: [
      full("basic-load", 450),
      full("stress", 510),
      full("spike", 170),
      full("interceptor-overhead", 150),
      full("latency-ladder", 390),
      full("burst", 240),
      full("chain", 640),
      full("soak", 3_660),
      trend("basic-load"),
      trend("stress"),
      trend("spike"),
      trend("interceptor-overhead"),
      trend("latency-ladder"),
      trend("burst"),
      trend("chain"),
      trend("soak"),
      { title: "archive", argv: ["archive", "--results", "{results}"], seconds: 10 },
      { title: "flakes", argv: ["flakes", "--results", "{results}"], seconds: 10, mayLackData: true },
    ],
  },
};

/** How long the summary at the end of a tier should take. */
const SUMMARY_SECONDS = 20;

/** The last step of every tier: its runs in one report, which gates. */
export function summaryOf(
  results: string,
  runs: readonly string[],
  ab: string | undefined,
  missing: readonly string[] = [],
): Step {
  return {
    title: "summary",
    argv: [
      "summary",
      ...runs,
      ...["--results", results],
      ...(ab === undefined ? [] : ["--ab", ab]),
      ...missing.flatMap((one) => ["--missing", one]),
      ...["--gate", "--out", `${results}/summary`],
    ],
    seconds: SUMMARY_SECONDS,
  };
}

/** What a tier should take in all, its summary included. */
export function secondsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { seconds }) => sum + seconds, SUMMARY_SECONDS);
}

/** The steps of a tier with their places filled in; without a base nothing is compared with one. */
export function stepsOf(tier: TierName, results: string, base: string | undefined): Step[] {
  return TIERS[tier].steps
    .filter(({ argv }) => base !== undefined || !argv.includes("{base}"))
    .map((step) => ({
      ...step,
      argv: step.argv.map((word) => (word === "{results}" ? results : word === "{base}" ? `${base}` : word)),
    }));
}

function smoke(scenario: string, seconds: number, ...flags: string[]): Step {
  return {
    title: `${scenario} smoke`,
    argv: ["run", scenario, "--profile", "smoke", ...flags, "--out", "{results}", "--json"],
    seconds,
  };
}

function full(scenario: string, seconds: number): Step {
  return {
    title: `${scenario} full`,
    argv: ["run", scenario, "--profile", "full", "--out", "{results}", "--json"],
    seconds,
  };
}

function trend(scenario: string): Step {
  return {
    title: `trend of ${scenario}`,
    argv: ["trend", scenario, "--profile", "full", "--results", "{results}"],
    seconds: 15,
    mayLackData: true,
  };
}
