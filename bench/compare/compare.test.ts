import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { type Comparison, compare } from "./compare.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { side, times } from "./testing/sides.ts";

const OPTIONS = { policy: DEFAULT_POLICY, acrossMachines: false };
const BEFORE = await side(1);
const NOT_THE_CODE = "the same commit: the difference is not the code's";

function row(comparison: Comparison, id: string) {
  return comparison.rows.find((one) => one.id === id) ?? assert.fail(`no row ${id}`);
}

test("12 runs that differ in their scatter alone are never slower or faster than the one before", async () => {
  let before = BEFORE;
  for (let seed = 2; seed <= 13; seed++) {
    const after = await side(seed);
    const { rows, exitCode } = compare(before, after, OPTIONS);
    for (const { id, change, ratio } of rows)
      assert.ok(
        change === "same" || change === "inconclusive",
        `seed ${seed}: ${id} ${change}, ratio ${ratio}`,
      );
    assert.equal(exitCode, 0);
    before = after;
  }
});

test("12 runs of one build, whose processes differ by a few percent for life, may differ, and none fails or warns", async () => {
  const random = mulberry32(12);
  const changes = new Set<string>();
  let before = BEFORE;
  for (let seed = 2; seed <= 13; seed++) {
    const after = await shifted(seed, 0.96 + 0.08 * random());
    const { rows, severity, exitCode } = compare(before, after, OPTIONS);
    for (const { change } of rows) changes.add(change);
    assert.deepEqual([severity, exitCode], ["none", 0], `seed ${seed}`);
    before = after;
  }
  // What is said of the scatter within runs does not hold of this: some are slower, for sure, and by more than the noise.
  assert.ok(changes.has("slower") || changes.has("faster"), [...changes].join());
});

/** A run of a process that takes so many times as long, and as much, for everything as others of its build. */
async function shifted(seed: number, factor: number): Promise<Baseline> {
  const whole = await side(seed, times(factor));
  const scaled = (value: number | null) => value && value * factor;
  const blocks = whole.blocks.map((block) => ({
    ...block,
    ...{
      cpuCores: scaled(block.cpuCores),
      rssBytes: scaled(block.rssBytes),
      heapBytes: scaled(block.heapBytes),
    },
  }));
  return { ...whole, blocks };
}

for (const [factor, expected, exitCode] of [
  [0.8, "faster none", 0],
  [1.1, "slower none", 0],
  [1.35, "slower warn", 0],
  [1.7, "slower fail", 3],
] as const) {
  test(`latency times ${factor} is ${expected}, with exit code ${exitCode}`, async () => {
    const comparison = compare(BEFORE, await side(20, times(factor)), OPTIONS);
    assert.equal(`${comparison.change} ${comparison.severity}`, expected);
    assert.equal(comparison.exitCode, exitCode);
    for (const id of ["latency-p50", "latency-p95"]) {
      const { ratio, low, high, change } = row(comparison, id);
      assert.ok(low <= factor * 1.02 && factor * 0.98 <= high, `${id}: [${low}, ${high}]`);
      assert.ok(low <= ratio && ratio <= high);
      assert.equal(change, expected.split(" ")[0], id);
    }
    assert.equal(row(comparison, "throughput").change, "same");
  });
}

test("a target that fails half of its requests, at once, is not faster: it gives half of the answers", async () => {
  const failing = await side(21, { latencyMs: () => 0.2, failing: () => 0.55 });
  const comparison = compare(BEFORE, failing, OPTIONS);
  assert.equal(row(comparison, "latency-p50").change, "faster");
  assert.deepEqual(
    [row(comparison, "throughput").severity, comparison.change, comparison.exitCode],
    ["fail", "slower", 3],
  );
});

/** A run of which these blocks failed in all of their answers, at once. */
function broken(whole: Baseline, isBroken: (index: number) => boolean): Baseline {
  const blocks = whole.blocks.map((block, i) => (isBroken(i) ? { ...block, failed: block.requests } : block));
  return { ...whole, blocks };
}

for (const [what, isBroken] of [
  ["every request", () => true],
  ["all but two seconds of them", (i: number) => i !== 3 && i !== 20],
] as const) {
  test(`a target that fails ${what}, in a third of the time, is not faster: it gives no right answers`, async () => {
    const comparison = compare(BEFORE, broken(await side(27, times(0.3)), isBroken), OPTIONS);
    assert.deepEqual([comparison.change, comparison.severity, comparison.exitCode], ["slower", "fail", 3]);
    for (const id of ["throughput", "right-answers"]) {
      const { ratio, low, high, severity } = row(comparison, id);
      assert.equal(severity, "fail", id);
      assert.ok(0 <= low && low <= ratio && ratio <= high && high < 0.5, `${id}: [${low}, ${high}]`);
    }
    if (isBroken(3)) assert.equal(row(comparison, "throughput").ratio, 0);
    assert.deepEqual(comparison.notices, [NOT_THE_CODE]);
  });
}

for (const [percent, expected, exitCode] of [
  [0.05, "same none", 0],
  [0.8, "slower none", 0],
  [2, "slower warn", 0],
  [15, "slower fail", 3],
] as const) {
  test(`${percent} % failed where none did is ${expected}`, async () => {
    const whole = await side(28);
    const blocks = whole.blocks.map((block) => ({ ...block, failed: (block.requests * percent) / 100 }));
    const comparison = compare(BEFORE, { ...whole, blocks }, OPTIONS);
    const { before, after, change, severity } = row(comparison, "right-answers");
    assert.deepEqual([before, Math.round(100 * after) / 100], [100, 100 - percent]);
    assert.equal(`${change} ${severity}`, expected);
    assert.equal(comparison.exitCode, exitCode);
  });
}

test("a baseline that gave no right answer has no ratio to it, and that is told", async () => {
  const { rows, notices } = compare(
    broken(BEFORE, () => true),
    await side(29),
    OPTIONS,
  );
  assert.ok(rows.every(({ id }) => id !== "throughput" && id !== "right-answers"));
  assert.deepEqual(notices, [
    "answers/s: not compared, there is no ratio to 0",
    "right answers: not compared, there is no ratio to 0",
  ]);
});

test("memory of half as much again warns", async () => {
  const grown = await side(22);
  const blocks = grown.blocks.map((block) => ({ ...block, rssBytes: (block.rssBytes ?? 0) * 1.5 }));
  const comparison = compare(BEFORE, { ...grown, blocks }, OPTIONS);
  assert.equal(row(comparison, "rss").severity, "warn");
  assert.deepEqual([comparison.severity, comparison.exitCode], ["warn", 0]);
});

test("a policy of one's own decides", async () => {
  const policy = { ...DEFAULT_POLICY, latency: { fail: 8 } };
  assert.equal(compare(BEFORE, await side(23, times(1.15)), { ...OPTIONS, policy }).exitCode, 3);
});

test("a run beside itself is the same, and the same comparison gives the same figures", async () => {
  const itself = compare(BEFORE, BEFORE, OPTIONS);
  for (const { ratio, adjustedP, effect } of itself.rows)
    assert.deepEqual([ratio, adjustedP, effect], [1, 1, 0.5]);
  const after = await side(24, times(1.2));
  assert.deepEqual(compare(BEFORE, after, OPTIONS), compare(BEFORE, after, OPTIONS));
});

test("p-values are raised for the number of questions", async () => {
  const { rows } = compare(BEFORE, await side(25, times(1.05)), OPTIONS);
  assert.ok(rows.length >= 6);
  for (const { id, p, adjustedP } of rows) assert.ok(adjustedP >= p && adjustedP <= 1, id);
  const least = rows.reduce((a, b) => (b.p < a.p ? b : a));
  assert.ok(Math.abs(least.adjustedP - Math.min(1, least.p * rows.length)) < 1e-12);
});

test("what only one run has is not compared, and that is told", async () => {
  const unseen = await side(26);
  const blocks = unseen.blocks.map((block) => ({
    ...block,
    cpuCores: null,
    rssBytes: null,
    heapBytes: null,
  }));
  const { rows, notices } = compare(BEFORE, { ...unseen, blocks }, OPTIONS);
  assert.deepEqual(
    rows.map(({ id }) => id),
    ["latency-p50", "latency-p95", "latency-p99", "throughput", "right-answers"],
  );
  assert.deepEqual(notices, [
    "CPU cores: not compared, after has none",
    "memory: not compared, after has none",
    "heap: not compared, after has none",
  ]);
  const few = unseen.blocks.map((block, i) => ({ ...block, heapBytes: i < 4 ? 1e6 : null }));
  assert.deepEqual(compare(BEFORE, { ...unseen, blocks: few }, OPTIONS).notices, [
    "heap: not compared, too few blocks have any",
  ]);
  const neither = compare({ ...BEFORE, blocks }, { ...unseen, blocks }, OPTIONS);
  assert.deepEqual(neither.notices, []);
});

for (const [what, change, code, says] of [
  [
    "another scenario",
    { scenario: "stress" },
    "USAGE",
    /is of basic-load smoke, .* of stress smoke: only runs of one/,
  ],
  [
    "another profile",
    { profile: "full" },
    "USAGE",
    /of basic-load full: only runs of one scenario and profile/,
  ],
  ["another load", { load: { load: "more" } }, "USAGE", /put different loads on the target/],
  [
    "another machine",
    { host: { ...BEFORE.host, cpu: "Z80", fingerprint: "000000000000" } },
    "USAGE",
    /from Z80 with 8 cores \(0+\): --across-machines compares them all the same$/,
  ],
  [
    "other phases",
    { blocks: BEFORE.blocks.map((block) => ({ ...block, part: "spike" })) },
    "NO_DATA",
    /no metric in common$/,
  ],
] satisfies [string, Partial<Baseline>, string, RegExp][]) {
  test(`a run of ${what} does not compare, and one line says so`, () => {
    assert.throws(() => compare(BEFORE, { ...BEFORE, ...change }, OPTIONS), { code, message: says });
  });
}

test("two machines are compared only with that said first", () => {
  const host = { ...BEFORE.host, cpu: "Z80", fingerprint: "000000000000" };
  const { notices } = compare(BEFORE, { ...BEFORE, host }, { ...OPTIONS, acrossMachines: true });
  assert.match(notices[0] ?? "", /^two machines: before on AMD .*, after on Z80 .*: not comparable$/);
});

test("another Node, k6 or target, other work on the machine and what its host took, are told", () => {
  const after = {
    ...BEFORE,
    run: "another",
    versions: { ...BEFORE.versions, node: "v99" },
    target: { kind: "url", name: "127.0.0.1:1" } as const,
    otherCpuCores: { avg: 4, p95: 5, max: 6 },
    stolenCpuCores: { avg: 0.4, p95: 1, max: 2 },
  };
  assert.deepEqual(compare(BEFORE, after, OPTIONS).notices, [
    "target: before connector, after 127.0.0.1:1",
    "Node: before v24.21.0, after v99",
    "after: other work on this machine used 4.0 of its 8 cores meanwhile",
    "after: the host of this machine kept 5.0 % of its CPU time for others meanwhile (steal)",
  ]);
});

test("a run beside itself is the same, however it scatters", async () => {
  const wild = await side(3, { latencyMs: (_, at = 0) => (at % 2 === 0 ? 1 : 400) });
  const { change, rows, notices } = compare(wild, structuredClone(wild), OPTIONS);
  assert.deepEqual([change, ...new Set(rows.map((row) => row.change))], ["same", "same"]);
  assert.deepEqual(notices, ["the same run, beside itself"]);
  assert.equal(compare(wild, { ...wild, run: "another" }, OPTIONS).change, "inconclusive");
});

test("runs of one commit that differ are not told to differ by its code, unless it may have changed", async () => {
  const slow = await side(2, times(1.7));
  const said = (change: Partial<Baseline>) => compare(BEFORE, { ...slow, ...change }, OPTIONS).notices;
  assert.deepEqual(said({}), [NOT_THE_CODE]);
  assert.deepEqual(said({ commit: { sha: BEFORE.commit?.sha ?? "", dirty: true } }), []);
  assert.deepEqual(said({ commit: { sha: "b".repeat(40), dirty: false } }), []);
  assert.deepEqual(said({ commit: null }), []);
  assert.deepEqual(compare(BEFORE, await side(4), OPTIONS).notices, []);
});
