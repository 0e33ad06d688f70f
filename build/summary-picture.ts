/**
 * Makes docs/images/summary.png: what `plimsoll summary` draws of three weeks of made-up runs, in which basic-load became
 * slower with one commit. The runs are those that tests use, from a seed: the same picture on every machine.
 *
 *   node build/summary-picture.ts      npm run pictures:summary
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baselineOf } from "../bench/baseline/baseline.ts";
import { writeBaseline } from "../bench/baseline/store.ts";
import { DEFAULT_POLICY } from "../bench/compare/policy.ts";
import { times } from "../bench/compare/testing/sides.ts";
import { versionOfPlimsoll } from "../bench/host/versions.ts";
import { sample } from "../bench/report/testing/sample.ts";
import { writeAtomic } from "../bench/results/store.ts";
import { laidRun } from "../bench/results/testing/folder.ts";
import { GRAPHS } from "../bench/summary/file-names.ts";
import { filesOf } from "../bench/summary/files.ts";
import { gather } from "../bench/summary/gather.ts";
import { summarize } from "../bench/summary/summarize.ts";

const DAYS = 21;
/** Of the commit that made it slower. */
const SLOWER_FROM = 15;

const results = mkdtempSync(join(tmpdir(), "plimsoll-summary-picture-"));
try {
  const dir = join(results, "baselines");
  for (let day = 1; day <= DAYS; day++) await layDay(day, dir);
  const gathered = await gather([], DEFAULT_POLICY, { results, dir, abFiles: [] });
  const files = await filesOf(summarize(gathered, versionOfPlimsoll()), gathered, results);
  for (const { path, content } of files) writeAtomic(join(results, path), content);
  copyFileSync(join(results, GRAPHS), join(import.meta.dirname, "..", "docs", "images", "summary.png"));
} finally {
  rmSync(results, { recursive: true, force: true });
}

/** The runs of a day; those of the first are the baselines. */
async function layDay(day: number, dir: string): Promise<void> {
  const startedAt = new Date(Date.UTC(2026, 10, day)).toISOString();
  const commit = { sha: `${day}`.padStart(7, "a7d03e").padEnd(40, "0"), dirty: false };
  for (const scenario of ["basic-load", "stress"]) {
    const slow = scenario === "basic-load" && day >= SLOWER_FROM;
    const { run, windows, resources } = sample(scenario, { seed: day, ...times(slow ? 1.7 : 1) });
    const stamp = startedAt.replace(/[-:]|\.\d+/g, "");
    const made = { ...run, run: `${stamp}-${scenario}-smoke`, startedAt, commit };
    laidRun(results, { run: made, windows, resources }, made.run);
    if (day === 1) writeBaseline(await baselineOf(made, windows, resources), dir);
  }
}
