import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUp } from "../ab/testing/trial.ts";
import { times } from "../compare/testing/sides.ts";
import { HOSTILE, hostileSample, sample } from "../report/testing/sample.ts";
import { comment, MARKER } from "./comment.ts";
import type { Gathered } from "./gather.ts";
import { panelsOf } from "./panels.ts";
import { recentTrend } from "./recent-trend.ts";
import { summarize } from "./summarize.ts";
import { gatheredRun, history } from "./testing/gathered.ts";

const BEFORE = sample("basic-load", { seed: 9 });
const slower = await gatheredRun(sample("basic-load", times(1.8)), { run: "after" }, BEFORE);

function commentOf(gathered: Partial<Gathered>): string {
  const whole = { runs: [], abs: [], trends: [], ...gathered };
  return comment(summarize(whole, "0.1.0"), panelsOf(whole));
}

test("the first line is the verdict in words; what finds the comment again comes after it", () => {
  const [first, second, third] = commentOf({ runs: [slower] }).split("\n");
  assert.equal(first, "❌ Slower: basic-load smoke is slower than its baseline.");
  assert.deepEqual([second, third], ["", MARKER]);
});

test("the table stands open, all else is folded", () => {
  const [open = "", ...folded] = commentOf({ runs: [slower], abs: [madeUp(1).ab] }).split("<details>");
  assert.match(
    open,
    /^\| basic-load smoke \| pass \| 5\d\d \| .* \| slower \\?\(fails\\?\), p95 \+\d+\.\d % \(/m,
  );
  assert.deepEqual(
    folded.map((part) => /^<summary>(.*)<\/summary>/.exec(part)?.[1]),
    ["What to do next", "Delta to the baseline", "Two builds at the same time"],
  );
  for (const part of folded) assert.match(part, /\n\n<\/details>\n/);
});

test("labels of somebody else's notify nobody, link nothing and are no markup", async () => {
  const label = "@octocat #123 GH-5 a/b#7 | `x` <img src=x> **b** https://a.b [c](d) $e$";
  const { ab } = madeUp(1.3);
  const entries = history(20, (day) => (day < 15 ? 2 : 3), { scenario: label });
  const trend = recentTrend(entries, entries.at(-1)?.at ?? "") ?? assert.fail();
  const text = commentOf({
    runs: [
      await gatheredRun(sample("stress"), { scenario: label, run: label, verdict: "fail", reasons: [label] }),
    ],
    abs: [
      { ...ab, scenario: label, a: { ...ab.a, name: label }, b: { ...ab.b, name: label }, reasons: [label] },
    ],
    trends: [trend],
  });
  // Fenced blocks show what is in them as it is.
  const outside = text.replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, "");
  assert.match(text, /^```text$/m);
  assert.doesNotMatch(outside, /@octocat|#123|#7|GH-5|<img|https:\/\/|[^\\]`|[^\\]\[c|[^\\]\$e/);
  for (const row of outside.split("\n").filter((line) => line.startsWith("| ")))
    assert.ok([2, 3, 4, 6, 8].includes(row.split(/(?<!\\)\|/).length - 2), row);
});

test("a comment is below what GitHub takes, however many runs and however long their labels", async () => {
  const { run, windows, resources } = hostileSample();
  const long = `${HOSTILE}${"é|".repeat(5_000)}`;
  const one = await gatheredRun(
    { run, windows, resources },
    { scenario: long, reasons: Array.from({ length: 20 }, () => long) },
  );
  const text = commentOf({ runs: Array.from({ length: 300 }, () => one) });
  assert.ok(Buffer.byteLength(text) < 65_536, `${Buffer.byteLength(text)}`);
  assert.match(text, /^❌ Fail: 300 runs failed their SLA\.\n/);
  assert.match(text, /and 260 more/);
  assert.match(text, /There is no room here for all of it: benchmark-report\.md has it\.\n$/);
});
