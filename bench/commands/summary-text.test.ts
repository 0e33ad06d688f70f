import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { madeUp } from "../ab/testing/trial.ts";
import { times } from "../compare/testing/sides.ts";
import { HOSTILE, sample } from "../report/testing/sample.ts";
import { summarize } from "../summary/summarize.ts";
import { gatheredRun } from "../summary/testing/gathered.ts";
import { summaryText } from "./summary-text.ts";

test("a summary reads in 80 columns: verdict, a row a run, what to do, the files", async () => {
  const before = sample("basic-load", { seed: 9 });
  const runs = [
    await gatheredRun(sample("basic-load", times(1.8)), { run: "after" }, before),
    await gatheredRun(sample("stress"), { run: HOSTILE.repeat(3), verdict: "fail", reasons: [HOSTILE] }),
    await gatheredRun(sample("interceptor-overhead"), { verdict: "no-data" }),
    await gatheredRun(sample("interceptor-overhead"), { verdict: null }),
  ];
  const found = summarize({ runs, abs: [madeUp(1.3).ab], trends: [] }, "0.1.0");
  const text = stripVTControlCharacters(summaryText(found, ["results/summary/report.html"]));
  const lines = text.split("\n").filter((line) => line !== "");
  assert.match(lines[0] ?? "", /^ {2}FAIL {2}/);
  assert.match(text, /^ {2}basic-load smoke +pass +500 +2\.\d\d ms +0 % {2}slower \(fails\)$/m);
  assert.match(text, /^ {2}- basic-load smoke is worse than its baseline: p50/m);
  assert.match(text, /^ {6}npx plimsoll profile basic-load --profile smoke$/m);
  assert.equal(lines.at(-1), "  results/summary/report.html");
  for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
});
