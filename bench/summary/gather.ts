import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { AB_SCHEMA, type Ab, abSchema } from "../ab/ab-schema.ts";
import { baselineOf } from "../baseline/baseline.ts";
import { baselineFile, nameOf, readBaseline } from "../baseline/store.ts";
import type { Policy } from "../compare/policy.ts";
import { Failure } from "../failure.ts";
import { readHistory, record } from "../history/store.ts";
import { withPlannedLimits } from "../report/planned-limits.ts";
import { type Scope, scopeOf } from "../report/scope.ts";
import { timelineOf } from "../report/timeline.ts";
import type { Run } from "../results/run-schema.ts";
import { RESULTS, type RunFolder, resourcesOf, windowsOf } from "../results/store.ts";
import { readVersioned } from "../results/versioned-json.ts";
import { fromHere } from "../run/voyage.ts";
import type { Trend } from "../trend/trend.ts";
import { WindowError } from "../windows/window.ts";
import { againstBaseline, type Delta } from "./against-baseline.ts";
import { recentTrend } from "./recent-trend.ts";
import { runFigures } from "./run-figures.ts";
import { type Selected, selectRuns } from "./select.ts";
import type { RunFigures } from "./summary-schema.ts";

/** A run and all that is known of it; what is said of it is made from this, and from nothing else. */
export interface GatheredRun {
  readonly run: Run;
  /** How a command names it: in results/ by its name, elsewhere by its folder. */
  readonly reference: string;
  /** Its report.html; undefined where none was made. */
  readonly report: string | undefined;
  readonly scope: Scope;
  readonly figures: RunFigures;
  readonly delta: Delta;
}

export interface Gathered {
  readonly runs: readonly GatheredRun[];
  readonly abs: readonly Ab[];
  readonly trends: readonly Trend[];
}

export interface Where {
  /** Folder of the runs, and of their history. */
  readonly results: string;
  /** Folder of the baselines. */
  readonly dir: string;
  readonly abFiles: readonly string[];
}

/**
 * Reads what a summary is of, one run after another: memory is that of the largest.
 *
 * @throws Failure `USAGE` for a file that cannot be read, `NO_DATA` when there is neither a run nor a comparison
 */
export async function gather(
  references: readonly string[],
  policy: Policy,
  { results, dir, abFiles }: Where,
): Promise<Gathered> {
  const abs = abFiles.map((file) => readVersioned(file, "comparison of two builds", AB_SCHEMA, abSchema));
  const selected = selectRuns(references, results);
  if (selected.length + abs.length === 0)
    throw new Failure("NO_DATA", `there is no run in ${results}: npx plimsoll run basic-load`);
  const runs: GatheredRun[] = [];
  for (const one of selected) runs.push(await gathered(one, policy, dir));
  await record(results);
  return { runs, abs, trends: trendsOf(runs, results) };
}

async function gathered({ folder, run }: Selected, policy: Policy, dir: string): Promise<GatheredRun> {
  try {
    const timeline = await timelineOf(windowsOf(folder), resourcesOf(folder));
    const scope = scopeOf(withPlannedLimits(run), timeline);
    const name = nameOf(run);
    const before = baselineFile(name, dir) === undefined ? undefined : readBaseline(name, dir);
    const after = before && (await blocksOf(folder, run));
    const report = join(folder.path, "report.html");
    return {
      run,
      report: existsSync(report) ? report : undefined,
      reference: dirname(folder.path) === RESULTS ? folder.id : fromHere(folder.path),
      scope,
      figures: runFigures(run, timeline, scope),
      delta: againstBaseline(before, after ?? new Failure("NO_DATA", "no baseline"), policy),
    };
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `${join(folder.path, "windows.ndjson")}: ${error.message}`);
  }
}

/** A run as others are compared with it, or why it has no such figures. */
async function blocksOf(folder: RunFolder, run: Run) {
  try {
    return await baselineOf(run, windowsOf(folder), resourcesOf(folder));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** A trend of each scenario and profile, up to its newest run. */
function trendsOf(runs: readonly GatheredRun[], results: string): Trend[] {
  const newest = new Map<string, string>();
  for (const { run } of runs) {
    const known = newest.get(nameOf(run));
    if (known === undefined || Date.parse(known) < Date.parse(run.startedAt))
      newest.set(nameOf(run), run.startedAt);
  }
  return [...newest].flatMap(([name, until]) => recentTrend(readHistory(results, name), until) ?? []);
}
