import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import type { ProfileName } from "../../scenarios/lib/plan.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { planned } from "../judge/testing/evidence.ts";
import { lineOf, liveView, panelOf } from "./live.ts";
import { type Progress, startOf } from "./progress.ts";

const plan = planned("basic-load");
const busy: Progress = {
  ...startOf(plan),
  elapsedSeconds: 13.9,
  totalSeconds: 27,
  phase: "hold",
  requestsPerSecond: 1_000.4,
  p50Ms: 1.234,
  p95Ms: 12.3456,
  p99Ms: 123.456,
  failed: 0,
  dropped: 1_234,
  vus: 12,
  maxVus: 250,
  target: { cpuCores: 0.456, rssBytes: 81.6e6, heapBytes: null, eventLoopDelayMs: null, variants: null },
  k6: { cpuCores: 0.5, rssBytes: 180e6 },
};

const plain = (lines: readonly string[]) => lines.map(stripVTControlCharacters);

test("the panel says it all in five lines", () => {
  const [title, ...rest] = plain(panelOf(plan, busy, 80));
  assert.match(title as string, /^ {2}basic-load smoke {2}hold {6}[^ ]+ {2}13 s \/ 27 s$/);
  assert.deepEqual(
    rest.map((line) => line.trimEnd().replace("busy VUs", "VUs")),
    [
      "",
      "  req/s 1,000       p50 1.23 ms       p95 12.3 ms       p99 123 ms",
      "  failed 0          dropped 1,234     VUs 12 of 250",
      "  target 46 % of a core, 82 MB        k6 50 %, 180 MB",
    ],
  );
});

test("before the first window there are no figures, only dashes", () => {
  const text = plain(panelOf(plan, startOf(plan), 80)).join("\n");
  assert.match(text, /p50 - +p95 - +p99 -/);
  assert.match(text, /target - +k6 -/);
});

const large = fc.record({
  elapsedSeconds: fc.double({ min: 0, max: 400_000, noNaN: true }),
  totalSeconds: fc.integer({ min: 1, max: 400_000 }),
  phase: fc.constantFrom("starting", "warm-up", "ramp", "hold", "spike", "recovery"),
  requestsPerSecond: fc.integer({ min: 0, max: 9_999_999 }),
  p50Ms: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), { nil: undefined }),
  p95Ms: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), { nil: undefined }),
  p99Ms: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), { nil: undefined }),
  failed: fc.integer({ min: 0, max: 99_999_999 }),
  dropped: fc.integer({ min: 0, max: 99_999_999 }),
  vus: fc.integer({ min: 0, max: 20_000 }),
  maxVus: fc.integer({ min: 0, max: 20_000 }),
  target: fc.option(
    fc.record({ cpuCores: fc.double({ min: 0, max: 128, noNaN: true }), rssBytes: fc.nat({ max: 2 ** 40 }) }),
    { nil: null },
  ),
  k6: fc.option(
    fc.record({ cpuCores: fc.double({ min: 0, max: 128, noNaN: true }), rssBytes: fc.nat({ max: 2 ** 40 }) }),
    { nil: null },
  ),
});
const anyPlan = fc.tuple(
  fc.constantFrom(...Object.keys(SCENARIOS)),
  fc.constantFrom<ProfileName>("smoke", "full"),
);

for (const columns of [80, 120]) {
  test(`whatever the numbers, the panel fits ${columns} columns`, () => {
    fc.assert(
      fc.property(anyPlan, large, ([name, profile], progress) => {
        const lines = plain(panelOf(planned(name, profile), progress as Progress, columns));
        assert.equal(lines.length, 5);
        for (const line of lines) assert.ok(line.trimEnd().length <= columns, `${line.length}: ${line}`);
      }),
      { numRuns: 400 },
    );
  });
}

test("the bar shows how far the run is, without colours as well, and its line keeps its length", () => {
  const titleAt = (elapsedSeconds: number) =>
    plain(panelOf(plan, { ...busy, elapsedSeconds }, 80))[0] as string;
  const bars = [10, 13, 20, 27, 99].map((at) => / {2}([^ ]+) {2}\d+ s \/ /.exec(titleAt(at))?.[1]);
  assert.equal(new Set(bars).size, 4, bars.join("\n"));
  assert.equal(bars[3], bars[4], "no fuller than full");
  for (const at of [0, 13.5, 27]) assert.equal(titleAt(at).length, titleAt(20).length);
});

test("what is wrong is red, what is well is not", (t) => {
  const before = process.env.FORCE_COLOR;
  t.after(() => {
    if (before === undefined) delete process.env.FORCE_COLOR;
    else process.env.FORCE_COLOR = before;
  });
  process.env.FORCE_COLOR = "1";
  const colour = (of: Partial<Progress>) => panelOf(plan, { ...busy, ...of }, 80)[3] as string;
  const red = "\u001b[31m";
  assert.ok(!colour({ failed: 0, dropped: 0 }).includes(red));
  assert.ok(colour({ failed: 1, dropped: 0 }).includes(red));
  assert.ok(colour({ failed: 0, dropped: 1 }).includes(red));
});

test("the line for logs says the same", () => {
  assert.equal(
    lineOf(plan, busy).replace("busy VUs", "VUs"),
    "basic-load 13 s/27 s hold: 1,000 req/s, p50 1.23 ms, p95 12.3 ms, p99 123 ms, failed 0, dropped 1,234, VUs 12, target 46 % CPU 82 MB",
  );
  assert.equal(
    lineOf(plan, startOf(plan)).replace("busy VUs", "VUs"),
    `basic-load 0 s/27 s starting: 0 req/s, p50 -, p95 -, p99 -, failed 0, dropped 0, VUs 0`,
  );
});

test("a long run is told in minutes", () => {
  assert.match(
    lineOf(plan, { ...busy, elapsedSeconds: 119.9, totalSeconds: 430 }),
    /^basic-load 119 s\/7 m 10 s /,
  );
});

test("without a terminal there is a line every five seconds, not one a window", () => {
  let written = "";
  const stream = {
    isTTY: false,
    write: (text: string) => {
      written += text;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  const view = liveView(plan, stream);
  for (let elapsedSeconds = 0; elapsedSeconds <= 27; elapsedSeconds += 0.5) {
    view.show({ ...busy, elapsedSeconds });
  }
  view.say("a line that stays");
  view.end();
  assert.deepEqual(
    written.split("\n").map((line) => /^basic-load (\d+ s)/.exec(line)?.[1] ?? line),
    ["5 s", "10 s", "15 s", "20 s", "25 s", "a line that stays", ""],
  );
});
