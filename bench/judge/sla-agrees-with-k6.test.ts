/**
 * One SLA table, two readers: k6 itself reads it as threshold expressions, we judge windows with it. Here both judge
 * the same samples, just inside and just outside of every limit.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Phase, Plan, ProfileName, Sla } from "../../scenarios/lib/plan.ts";
import { arrivalsInPhase, durationOf, intendedStart, stageAt } from "../../scenarios/lib/schedule.ts";
import { thresholdOf } from "../../scenarios/lib/thresholds.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { counter, rate, trend, windowAt } from "../windows/testing/windows.ts";
import type { Series } from "../windows/window.ts";
import { Evidence } from "./evidence.ts";
import { judgeSla } from "./sla.ts";
import { planned } from "./testing/evidence.ts";

/** Samples of one metric with one set of tags: [value, how often]; for a rate, 1 is a yes. */
interface Samples {
  readonly metric: string;
  readonly kind: "trend" | "rate" | "counter";
  readonly tags: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [value: number, n: number])[];
}

/** What k6 makes of a threshold: metric{tag:value,...} and an expression, over samples one by one. */
function k6Says(threshold: { metric: string; expression: string }, all: readonly Samples[]): boolean {
  const [, metric, filter = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(threshold.metric) ?? [];
  const wanted = filter === "" ? [] : filter.split(",").map((pair) => pair.split(":") as [string, string]);
  const own = all.filter(
    (it) => it.metric === metric && wanted.every(([key, value]) => it.tags[key] === value),
  );
  const values = own.flatMap((it) => it.values.flatMap(([value, n]) => Array<number>(n).fill(value)));
  values.sort((a, b) => a - b);
  const [, how = "", percent, op, limit] =
    /^(p\(([\d.]+)\)|avg|max|rate|count)(<=|>=|<|>)([\d.]+)$/.exec(threshold.expression) ?? [];
  const sum = values.reduce((total, value) => total + value, 0);
  const measured = percent
    ? percentile(values, Number(percent) / 100)
    : { avg: sum / values.length, max: values.at(-1) ?? 0, rate: sum / values.length, count: sum }[how];
  assert.ok(measured !== undefined, `k6 reads ${threshold.expression}`);
  switch (op) {
    case "<":
      return measured < Number(limit);
    case "<=":
      return measured <= Number(limit);
    case ">":
      return measured > Number(limit);
    case ">=":
      return measured >= Number(limit);
  }
  throw new Error(`no operator in ${threshold.expression}`);
}

/** k6's TrendSink.P: linear interpolation between the two samples around the rank. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}

function seriesOf({ metric, kind, tags, values }: Samples): Series {
  if (kind === "trend") return trend(metric, values, tags);
  if (kind === "counter")
    return counter(
      metric,
      values.reduce((sum, [value, n]) => sum + value * n, 0),
      tags,
    );
  const count = (wanted: number) => values.reduce((sum, [value, n]) => sum + (value === wanted ? n : 0), 0);
  return rate(metric, count(1), count(0), tags);
}

function judged(sla: Sla, of: Plan, all: readonly Samples[]) {
  const evidence = new Evidence(of);
  // Every series in a window of its own: where it stands must not matter.
  all.forEach((samples, at) => {
    evidence.addWindow(windowAt(at, [seriesOf(samples)]));
  });
  return judgeSla(sla, evidence, {}, { targetVisible: true });
}

/** Samples of the warm-up that break every limit there is, and requests, so that nothing is without data. */
function around(sla: Sla, of: Plan): Samples[] {
  const tags = { scenario: "warm-up", phase: "warm-up", variant: of.variant };
  return [
    { metric: "http_req_duration", kind: "trend", tags, values: [[9_999, 50_000]] },
    { metric: "latency", kind: "trend", tags, values: [[9_999, 50_000]] },
    { metric: "http_req_failed", kind: "rate", tags, values: [[1, 50_000]] },
    { metric: "packets_failed", kind: "counter", tags, values: [[50_000, 1]] },
    { metric: "checks", kind: "rate", tags, values: [[0, 50_000]] },
    { metric: "dropped_iterations", kind: "counter", tags, values: [[500, 1]] },
    ...(sla.metric === "http_reqs"
      ? []
      : [{ metric: "http_reqs", kind: "counter", tags: sla.tags, values: [[1, 10]] } as const]),
  ];
}

/** Samples that hold a row, and samples that just do not. */
function samplesAt(sla: Sla, of: Plan): Record<"inside" | "outside", Samples[]> {
  const { metric, limit, op } = sla;
  const tags = { ...sla.tags, variant: sla.tags.variant ?? of.variant };
  const make = (kind: Samples["kind"], values: Samples["values"]) => [
    { metric, kind, tags, values },
    ...around(sla, of),
  ];
  const both = (kind: Samples["kind"], inside: Samples["values"], outside: Samples["values"]) => ({
    inside: make(kind, inside),
    outside: make(kind, outside),
  });
  if (sla.stat === "share") {
    const edge = limit * 100;
    const yesNo = (yes: number): Samples["values"] => [
      [1, yes],
      [0, 10_000 - yes],
    ];
    const beyond = op.startsWith("<") ? 1 : -1;
    // The limit itself is outside for < and >, inside for <= and >=.
    return op.endsWith("=")
      ? both("rate", yesNo(edge), yesNo(edge + beyond))
      : both("rate", yesNo(edge - beyond), yesNo(edge));
  }
  if (sla.stat === "count") return both("counter", [[0, 1]], [[1, 1]]);
  if (sla.stat === "achieved") {
    const least = Math.ceil((arrivalsInPhase(of.load, sla.tags.phase as Phase) * limit) / 100);
    // As few samples as will do: an hour has millions.
    return both("counter", [[least, 1]], [[least - 1, 1]]);
  }
  // Wider than a histogram's bucket (0.1 %).
  return both("trend", [[limit * 0.998, 500]], [[limit, 500]]);
}

for (const name of Object.keys(SCENARIOS)) {
  for (const profile of ["smoke", "full"] satisfies ProfileName[]) {
    const of = planned(name, profile);
    for (const sla of of.sla) {
      const threshold = thresholdOf(sla, of);
      if (!threshold) continue;
      test(`${name} ${profile} ${sla.id}: ${threshold.metric} ${threshold.expression} and our judge agree`, () => {
        const { inside, outside } = samplesAt(sla, of);
        assert.equal(k6Says(threshold, inside), true);
        assert.equal(judged(sla, of, inside).state, "pass");
        assert.equal(k6Says(threshold, outside), false);
        assert.equal(judged(sla, of, outside).state, sla.priority === "P0" ? "fail" : "warn");
      });
    }
  }
}

const basic = planned("basic-load");
const rowOf = (id: string) => basic.sla.find((sla) => sla.id === id) as Sla;

for (const id of ["failed", "correct"]) {
  test(`${id}: any share of any number of requests is judged alike`, () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 20_000 }), (yes, no) => {
        const [ones, zeros] = id === "failed" ? [yes, no] : [no, yes];
        const tags = { phase: "hold" };
        const samples: Samples[] = [
          {
            metric: rowOf(id).metric,
            kind: "rate",
            tags,
            values: [
              [1, ones],
              [0, zeros],
            ],
          },
        ];
        const threshold = thresholdOf(rowOf(id), basic);
        assert.ok(threshold);
        assert.equal(judged(rowOf(id), basic, samples).state === "pass", k6Says(threshold, samples));
      }),
    );
  });
}

const shortened = fc
  .record({ rate: fc.integer({ min: 1, max: 3_000 }), seconds: fc.integer({ min: 1, max: 120 }) })
  .map((overrides) => planned("basic-load", "smoke", overrides));

test("achieved: whatever rate and length, the same number of requests is enough for both", () => {
  fc.assert(
    fc.property(shortened, fc.integer({ min: -2, max: 2 }), (of, off) => {
      const sla = rowOf("achieved");
      fc.pre(arrivalsInPhase(of.load, "hold") >= 1);
      const got = Math.max(1, Math.floor((arrivalsInPhase(of.load, "hold") * sla.limit) / 100) + off);
      const samples: Samples[] = [
        { metric: "http_reqs", kind: "counter", tags: { phase: "hold" }, values: [[1, got]] },
      ];
      const threshold = thresholdOf(sla, of);
      assert.ok(threshold);
      const { state, value } = judged(sla, of, samples);
      assert.equal(
        state === "pass",
        k6Says(threshold, samples),
        `${got}: ${value} %, ${threshold.expression}`,
      );
    }),
  );
});

test("achieved: a run that made every arrival the plan has is never short of the asked rate", () => {
  fc.assert(
    fc.property(
      fc.record({ rate: fc.integer({ min: 2, max: 60 }), seconds: fc.integer({ min: 5, max: 60 }) }),
      (overrides) => {
        const of = planned("basic-load", "smoke", overrides);
        let got = 0;
        for (let n = 0; intendedStart(of.load, n) < durationOf(of.load); n++) {
          if (stageAt(of.load, intendedStart(of.load, n)).phase === "hold") got++;
        }
        const samples: Samples[] = [
          { metric: "http_reqs", kind: "counter", tags: { phase: "hold" }, values: [[1, got]] },
        ];
        const { state, value } = judged(rowOf("achieved"), of, samples);
        assert.equal(state, "pass", `${got} arrivals are ${value} % at ${JSON.stringify(overrides)}`);
      },
    ),
  );
});
