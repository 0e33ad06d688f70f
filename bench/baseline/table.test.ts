import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "../report/testing/sample.ts";
import { baselineOf } from "./baseline.ts";
import type { Baseline } from "./baseline-schema.ts";
import { baselineTables, withBaselines } from "./table.ts";

const { run, windows, resources } = sample("basic-load");
const BASELINE: Baseline = {
  ...(await baselineOf(run, windows, resources)),
  host: { ...run.host, os: "linux 6.1", arch: "x64", cpu: "A CPU", cores: 2 },
  versions: { ...run.versions, node: "v24.21.0", k6: "v2.2.0" },
  commit: { sha: "0123456789abcdef", dirty: true },
  startedAt: "2026-11-21T10:00:00.000Z",
};
const PAGE = "# A page\n\nWords.\n";

test("a table has the machine over it, and in a row what the baseline measured, where from and when", () => {
  const [machine, empty, head, rule, row, ...more] = baselineTables([BASELINE]).split("\n");
  assert.equal(machine, "A CPU, 2 cores, linux x64; Node v24.21.0, k6 v2.2.0");
  assert.equal(empty, "");
  const cells = (line = "") => line.split("|").map((cell) => cell.trim());
  assert.deepEqual(cells(head).slice(1, 6), ["baseline", "verdict", "answers/s", "p50", "p95"]);
  assert.equal(rule?.length, head?.length);
  const [, name, verdict, rate, ...figures] = cells(row);
  assert.deepEqual([name, verdict], ["basic-load.smoke", BASELINE.verdict]);
  assert.match(rate ?? "", /^\d+(\.\d+)?$/);
  assert.match(figures.slice(0, 3).join(" "), /^(\d+(\.\d+)? [mµ]s ?){3}$/);
  assert.match(figures[3] ?? "", /^0\.\d+ cores$/);
  assert.match(figures[4] ?? "", /^\S+ MB$/);
  assert.deepEqual(figures.slice(5, 7), ["0123456 and changes", "2026-11-21"]);
  assert.deepEqual(more, []);
});

test("baselines of two machines are two tables", () => {
  const elsewhere = { ...BASELINE, host: { ...BASELINE.host, cores: 8 } };
  const text = baselineTables([BASELINE, elsewhere, BASELINE]);
  assert.equal(text.match(/^\| baseline /gm)?.length, 2);
  assert.match(text, /2 cores[\s\S]*basic-load[\s\S]*basic-load[\s\S]*8 cores[\s\S]*basic-load/);
});

test("a page gets its section at the end, and later in the place of the one it has", () => {
  const first = withBaselines(PAGE, [BASELINE]);
  assert.ok(first.startsWith(`${PAGE}\n<!-- baselines`));
  assert.match(first, /^## Baselines$/m);
  const moved = `${first}\n## After it\n`;
  const slower = { ...BASELINE, startedAt: "2027-01-01T10:00:00.000Z" };
  const second = withBaselines(moved, [slower]);
  assert.equal(second, moved.replace("2026-11-21", "2027-01-01"));
});

test("made again of the same baselines the page is the same, so that a check can tell", () => {
  const first = withBaselines(PAGE, [BASELINE]);
  assert.equal(withBaselines(first, [BASELINE]), first);
  assert.notEqual(withBaselines(first.replace(" ms ", " s "), [BASELINE]), first.replace(" ms ", " s "));
});

test("without baselines a page has no table, and loses the one it had", () => {
  assert.equal(withBaselines(PAGE, []), PAGE);
  assert.equal(withBaselines(withBaselines(PAGE, [BASELINE]), []), PAGE);
  assert.equal(
    withBaselines(`${withBaselines(PAGE, [BASELINE])}\n## After it\n`, []),
    `${PAGE}\n## After it\n`,
  );
});
