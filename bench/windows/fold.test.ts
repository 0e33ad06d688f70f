import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fold, foldOf, PhaseTracker, type SeriesSummary } from "./fold.ts";
import { counter, gauge, rate, requests, START_MS, trend, windowAt } from "./testing/windows.ts";
import type { Series, Tags, Window } from "./window.ts";

function foldAll(windows: readonly Window[]): Fold {
  const fold = new Fold();
  for (const window of windows) fold.add(window);
  return fold;
}

const tagSets: fc.Arbitrary<Tags> = fc.record(
  { phase: fc.constantFrom("ramp", "hold"), variant: fc.constantFrom("none", "full") },
  { requiredKeys: [] },
);

const anySeries: fc.Arbitrary<Series> = fc.oneof(
  fc
    .tuple(fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 20 }), tagSets)
    .map(([us, tags]) =>
      trend(
        "latency",
        us.map((value) => value / 1_000),
        tags,
      ),
    ),
  fc.tuple(fc.nat(10_000), tagSets).map(([value, tags]) => counter("reqs", value, tags)),
  fc.tuple(fc.nat(500), fc.nat(500), tagSets).map(([yes, no, tags]) => rate("failed", yes, no, tags)),
);

/** Figures of a fold, sums rounded: floats add differently in another order. */
function figures(fold: Fold) {
  const round = (value: number) => Number(value.toPrecision(9));
  return fold.summaries().map((series: SeriesSummary) => {
    if (series.type === "trend") return { ...series, mean: round(series.mean) };
    return series;
  });
}

test("windows of any machines, cut and ordered in any way, fold to the same figures as one window of everything", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anySeries, fc.nat(9)), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      (all, machines) => {
        const whole = foldOf(
          windowAt(
            0,
            all.map(([series]) => series),
          ),
        );
        const parts = Array.from({ length: machines }, (_, machine) =>
          windowAt(
            machine,
            all.filter((_, i) => i % machines === machine).map(([series]) => series),
          ),
        );
        assert.deepEqual(figures(foldAll(parts)), figures(whole));
        assert.deepEqual(figures(foldAll(parts.toReversed())), figures(whole));
      },
    ),
    { numRuns: 60 },
  );
});

test("asking by tags sums exactly the series that carry them", () => {
  fc.assert(
    fc.property(fc.array(anySeries, { minLength: 1, maxLength: 20 }), tagSets, (all, wanted) => {
      const fold = foldOf(windowAt(0, all));
      const own = all.filter(({ tags }) =>
        Object.entries(wanted).every(([key, value]) => tags[key] === value),
      );
      const sum = (pick: (series: Series) => number) =>
        own.reduce((total, series) => total + pick(series), 0);
      assert.equal(
        fold.trend("latency", wanted).n,
        sum((it) => (it.type === "trend" ? it.n : 0)),
      );
      assert.equal(
        fold.counter("reqs", wanted) ?? 0,
        sum((it) => (it.type === "counter" ? it.value : 0)),
      );
      assert.deepEqual(fold.rate("failed", wanted), {
        yes: sum((it) => (it.type === "rate" ? it.yes : 0)),
        no: sum((it) => (it.type === "rate" ? it.no : 0)),
      });
    }),
    { numRuns: 60 },
  );
});

test("a series is the same whatever the order of its tags", () => {
  const fold = foldAll([
    windowAt(0, [counter("reqs", 2, { a: "1", b: "2" })]),
    windowAt(1, [counter("reqs", 3, { b: "2", a: "1" })]),
  ]);
  assert.deepEqual(fold.summaries(), [
    { metric: "reqs", unit: "", tags: { a: "1", b: "2" }, type: "counter", value: 5 },
  ]);
});

test("tags that only look alike when joined are different series", () => {
  const fold = foldOf(
    windowAt(0, [counter("reqs", 2, { a: "1,b=2" }), counter("reqs", 3, { a: "1", b: "2" })]),
  );
  assert.equal(fold.summaries().length, 2);
});

test("percentiles over tags and time are those of all samples together", () => {
  const fold = foldAll([
    windowAt(0, [trend("latency", [[1, 90]], { variant: "none" })]),
    windowAt(1, [trend("latency", [[8, 10]], { variant: "full" })]),
  ]);
  assert.equal(fold.trend("latency").percentile(90), 1);
  assert.equal(fold.trend("latency").percentile(91), 8);
  assert.equal(fold.trend("latency", { variant: "full" }).percentile(1), 8);
});

test("reading a sum does not change it", () => {
  const fold = foldOf(windowAt(0, [trend("latency", [1, 2, 3])]));
  fold.trend("latency").merge(fold.trend("latency"));
  assert.equal(fold.trend("latency").n, 3);
});

test("a gauge keeps its last, least and greatest value", () => {
  const fold = foldAll([windowAt(0, [gauge("vus", 5, 1, 6)]), windowAt(1, [gauge("vus", 3, 2, 9)])]);
  assert.deepEqual(fold.gauge("vus"), { type: "gauge", value: 3, min: 1, max: 9 });
});

test("what has no samples is empty: no counter, no gauge, a rate of nothing, a trend without percentiles", () => {
  const fold = foldOf(windowAt(0, [counter("reqs", 1, { phase: "ramp" })]));
  assert.equal(fold.counter("reqs", { phase: "hold" }), undefined);
  assert.equal(fold.counter("other"), undefined);
  assert.equal(fold.gauge("vus"), undefined);
  assert.deepEqual(fold.rate("failed"), { yes: 0, no: 0 });
  assert.equal(fold.trend("latency").percentile(50), undefined);
});

test("late and overflowed samples are summed over windows", () => {
  const fold = foldAll([
    windowAt(0, [], { late: 2, overflow: 10 }),
    windowAt(1, [], { late: 3 }),
    windowAt(2, [], { overflow: 5 }),
  ]);
  assert.deepEqual([fold.late, fold.overflow], [5, 15]);
});

test("the values of a tag are those of the metric's series that carry what is wanted", () => {
  const fold = foldOf(
    windowAt(0, [
      counter("reqs", 1, { phase: "hold", variant: "none" }),
      counter("reqs", 1, { phase: "hold", variant: "full", status: "500" }),
      counter("reqs", 1, { phase: "hold", variant: "full" }),
      counter("reqs", 1, { phase: "ramp", variant: "auth" }),
      counter("others", 1, { phase: "hold", variant: "retry" }),
      counter("reqs", 1, { phase: "hold" }),
    ]),
  );
  assert.deepEqual(fold.tagValues("reqs", "variant", { phase: "hold" }), ["none", "full"]);
});

test("every series is summarised, in the order of metric and tags", () => {
  const fold = foldOf(
    windowAt(0, [
      gauge("vus", 2),
      rate("failed", 1, 3, { phase: "hold" }),
      counter("reqs", 4, { phase: "ramp" }),
      counter("reqs", 4, { phase: "hold" }),
      trend("latency", [1, 3]),
    ]),
  );
  const unit = "";
  assert.deepEqual(fold.summaries(), [
    { metric: "failed", unit, tags: { phase: "hold" }, type: "rate", yes: 1, no: 3, ratio: 0.25 },
    {
      metric: "latency",
      unit: "ms",
      tags: {},
      type: "trend",
      n: 2,
      mean: 2,
      quantiles: { min: 1, max: 3, p50: 1, p90: 3, p95: 3, p99: 3, "p99.9": 3 },
    },
    { metric: "reqs", unit, tags: { phase: "hold" }, type: "counter", value: 4 },
    { metric: "reqs", unit, tags: { phase: "ramp" }, type: "counter", value: 4 },
    { metric: "vus", unit, tags: {}, type: "gauge", value: 2, min: 2, max: 2 },
  ]);
});

test("a histogram that cannot be read is told as a bad window", () => {
  const fold = new Fold();
  for (const hdr of [
    "",
    "not base64!",
    "HISTFAAAA",
    Buffer.from("no histogram, but long enough").toString("base64"),
  ]) {
    const series = { ...trend("latency", [1]), hdr } as Series;
    assert.throws(() => fold.add(windowAt(0, [series])), { code: "BAD_WINDOW" });
  }
});

/** Phases of windows, one a second; a list has several in one window. */
function track(...phases: readonly (string | readonly [phase: string, n: number][] | null)[]) {
  const tracker = new PhaseTracker();
  for (const [at, phase] of phases.entries()) {
    const all = phase === null ? [] : typeof phase === "string" ? [[phase, 10] as const] : phase;
    tracker.add(
      windowAt(
        at,
        all.flatMap(([name, n]) => requests(n, 1, { phase: name })),
      ),
    );
  }
  return tracker.spans.map(({ phase, fromMs, toMs }) => [
    phase,
    (fromMs - START_MS) / 1_000,
    (toMs - START_MS) / 1_000,
  ]);
}

test("phases are spans of windows, one after the other, and may come again", () => {
  assert.deepEqual(track("ramp", "ramp", "hold", "hold", "hold", "ramp"), [
    ["ramp", 0, 2],
    ["hold", 2, 5],
    ["ramp", 5, 6],
  ]);
});

test("a window between two phases belongs to the one with more requests", () => {
  assert.deepEqual(
    track(
      "ramp",
      [
        ["ramp", 4],
        ["hold", 6],
      ],
      "hold",
    ),
    [
      ["ramp", 0, 1],
      ["hold", 1, 3],
    ],
  );
  assert.deepEqual(
    track(
      "ramp",
      [
        ["ramp", 6],
        ["hold", 4],
      ],
      "hold",
    ),
    [
      ["ramp", 0, 2],
      ["hold", 2, 3],
    ],
  );
});

test("a phase's requests are summed over its other tags", () => {
  const tracker = new PhaseTracker();
  tracker.add(
    windowAt(0, [
      counter("http_reqs", 4, { phase: "ramp" }),
      counter("http_reqs", 3, { phase: "hold", status: "200" }),
      counter("http_reqs", 2, { phase: "hold", status: "500" }),
    ]),
  );
  assert.equal(tracker.spans[0]?.phase, "hold");
});

test("a window without requests belongs to the phase before it; before the first there is none", () => {
  assert.deepEqual(track(null, null, "hold", null, "hold", null), [["hold", 2, 6]]);
  assert.deepEqual(track(null), []);
});
