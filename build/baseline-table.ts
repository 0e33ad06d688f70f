/**
 * Puts the tracked baselines (results/baselines) into docs/performance.md as a table.
 *
 *   npm run baseline:table          write it
 *   npm run baseline:table -- --check    exit 1 when it is not current
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BASELINES, baselineNames, readBaseline } from "../bench/baseline/store.ts";
import { withBaselines } from "../bench/baseline/table.ts";
import { ROOT } from "../bench/paths.ts";

const PAGE = join(ROOT, "docs", "performance.md");

const tracked = trackedNames();
const page = readFileSync(PAGE, "utf8");
const current = withBaselines(
  page,
  tracked.map((name) => readBaseline(name)),
);

if (process.argv.includes("--check")) {
  if (page !== current) {
    console.error("docs/performance.md has not the figures of results/baselines: npm run baseline:table");
    process.exitCode = 1;
  }
} else {
  writeFileSync(PAGE, current);
  console.log(
    tracked.length === 0 ? "no baseline is tracked: docs/performance.md has no table" : tracked.join("\n"),
  );
  const others = baselineNames().filter((name) => !tracked.includes(name));
  if (others.length > 0) console.log(`left out, because git does not know them: ${others.join(", ")}`);
}

/** What a user saves for himself is no news to others until it is added to git. */
function trackedNames(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--", join(BASELINES, "*.json")], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed
    .split("\0")
    .filter((file) => file !== "")
    .map((file) => basename(file, ".json"))
    .sort();
}
