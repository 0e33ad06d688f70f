import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUILDS, type Build, duetPlan } from "../../scenarios/lib/duet.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { Failure } from "../failure.ts";
import { hostOf } from "../host/host.ts";
import { versionsOf } from "../host/versions.ts";
import { newRunFolder, type RunFolder, writeAtomic } from "../results/store.ts";
import { killAll } from "../run/child.ts";
import type { Interrupts } from "../run/interrupts.ts";
import { checkK6 } from "../run/k6.ts";
import { fromHere } from "../run/voyage.ts";
import { AB_SCHEMA, type Ab, abSchema } from "./ab-schema.ts";
import { type Checkouts, openCheckouts } from "./checkouts.ts";
import { type Launch, launchOf } from "./launch.ts";
import type { Rule } from "./look.ts";
import { abPage } from "./page.ts";
import { nameOf, type Source, sourceOf } from "./source.ts";
import { p99Ratio } from "./summary.ts";
import { runTrial, shapeOf, type TrialOptions } from "./trial.ts";
import { findingOf, letter } from "./verdict.ts";

export interface CompareOptions {
  /** A git ref, or a command: it has white space in it. */
  readonly a: string;
  readonly b: string;
  readonly scenario: string;
  /** Requests a second to each build. */
  readonly rate: number;
  /** The most all rounds may take, starting and stopping included; checkouts come before. */
  readonly seconds: number;
  /** Ratios from 1/(1+band) to 1+band are the same. */
  readonly band: number;
  /** How a commit is started; the bundled connector of its checkout unless said. */
  readonly start?: string;
  readonly portBase: number;
  readonly cwd: string;
  readonly out: string;
  readonly interrupts: Interrupts;
  readonly on: Pick<TrialOptions, "onRound" | "onBlock" | "onLook">;
  /** What is being done before the first round. */
  readonly say: (what: string) => void;
}

/** Where builds, npm and the bundler speak. */
const LOGS = ["a.log", "b.log", "checkout.log"];
/** Chance of a false alarm that all looks at all metrics together may have. */
const ALPHA = 0.05;
const SEED = 20_261_121;

/** The scenarios two builds can be compared with. */
export function abScenarios(): string[] {
  return Object.values(SCENARIOS)
    .filter(({ target }) => target === "connector")
    .map(({ name }) => name);
}

/**
 * Compares two builds from checking them out to a verdict on disk. Nothing it starts or checks out outlives it.
 *
 * @throws Failure for a ref, command or scenario that is none, and where a build does not start
 */
export async function compare(options: CompareOptions): Promise<{ ab: Ab; folder: RunFolder }> {
  const { scenario, rate, cwd, interrupts, start } = options;
  const plan = duetPlan({ scenario, rate, seconds: 1 });
  if (!plan) {
    const instead = Object.hasOwn(SCENARIOS, scenario)
      ? `; for ${scenario} run each build and compare the runs, or a run with its baseline: npx plimsoll compare --help`
      : "";
    throw new Failure(
      "USAGE",
      `ab loads HTTP servers: the scenarios it knows are ${abScenarios().join(", ")}${instead}`,
    );
  }
  checkK6(plan);
  const sources = { a: await sourceOf(options.a, cwd), b: await sourceOf(options.b, cwd) };
  const startedAt = new Date();
  const folder = newRunFolder(options.out, "ab", scenario, startedAt);
  const file = (name: string) => join(folder.path, name);
  const shape = shapeOf(options.seconds);
  const rule: Rule = { alpha: ALPHA, band: options.band, seed: SEED };
  const refs = BUILDS.some((build) => sources[build].kind === "ref");
  interrupts.onFirst(killAll);
  let begun = false;
  let checkouts: Checkouts | undefined;
  try {
    if (refs) checkouts = openCheckouts(cwd, start === undefined, file("checkout.log"));
    const launches = {} as Record<Build, Launch>;
    for (const build of BUILDS) {
      const source = sources[build];
      if (source.kind === "ref") options.say(`checking out ${letter(build)}, ${nameOf(source)}`);
      const checkout = source.kind === "ref" ? await checkouts?.of(source.sha) : undefined;
      launches[build] = launchOf(source, plan.variant, checkout, start);
    }
    const trial = await runTrial({ ...options, ...options.on, shape, rule, launches, file });
    begun = true;
    const { verdict, exitCode, reasons, notes } = findingOf(trial);
    const ab = abSchema.parse({
      schema: AB_SCHEMA,
      id: folder.id,
      verdict,
      exitCode,
      reasons,
      notes,
      scenario,
      variant: plan.variant,
      rate,
      shape,
      rule,
      a: { ...sourceFacts(sources.a), ...trial.a },
      b: { ...sourceFacts(sources.b), ...trial.b },
      looks: trial.looks,
      p99: p99Ratio(trial.blocks),
      host: hostOf(),
      versions: await versionsOf(),
      startedAt: startedAt.toISOString(),
      endedAt: new Date().toISOString(),
    });
    writeAtomic(file("ab.json"), `${JSON.stringify(ab, null, 2)}\n`);
    writeAtomic(file("report.html"), abPage(ab));
    return { ab, folder };
  } catch (error) {
    const words = LOGS.some((name) => hasWords(file(name)));
    if (!begun && !existsSync(file("blocks.ndjson")) && (interrupts.requested || !words))
      rmSync(folder.path, { recursive: true, force: true });
    if (interrupts.requested)
      throw new Failure("NO_DATA", "interrupted before the load began; nothing is kept");
    // One line does not hold all of what a build or npm had to say.
    if (error instanceof Failure && words)
      throw new Failure(error.code, `${error.message} (logs are in ${fromHere(folder.path)})`);
    throw error;
  } finally {
    checkouts?.remove();
  }
}

function hasWords(log: string): boolean {
  return (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function sourceFacts(source: Source): Pick<Ab["a"], "kind" | "name" | "sha"> {
  const { kind } = source;
  return { kind, name: nameOf(source), ...(source.kind === "ref" && { sha: source.sha }) };
}
