import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import type { Estimate } from "../results/run-schema.ts";
import { trend, windowAt } from "../windows/testing/windows.ts";
import { judge } from "./judge.ts";
import { OverheadSamples } from "./overhead.ts";
import { evidenceOf, planned, WELL } from "./testing/evidence.ts";

const hold = (variant: string) => ({ scenario: "interceptor-overhead", phase: "hold", variant });

/** Draws from a normal distribution (Box and Muller, 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Windows of a second in which `none`, `same` and `more` were called in turn: about a millisecond with a long tail, a
 * mood that all calls of a window share, and `addedUs` on top for `more`.
 */
function measured(seed: number, moodUs: (at: number, random: () => number) => number, addedUs = 300) {
  const random = mulberry32(seed);
  const samples = new OverheadSamples(["none", "same", "more"]);
  for (let at = 0; at < 18; at++) {
    const mood = moodUs(at, random);
    const latencies = (addition: number) =>
      Array.from({ length: 8 }, () => (700 + mood + 300 * Math.exp(0.5 * normal(random)) + addition) / 1_000);
    samples.addWindow(
      windowAt(at, [
        trend("http_req_duration", latencies(0), hold("none")),
        trend("http_req_duration", latencies(0), hold("same")),
        trend("http_req_duration", latencies(addedUs), hold("more")),
      ]),
    );
  }
  const [same, more] = samples.result(1)?.rows ?? [];
  assert.ok(same && more);
  return { same: same.addedP50Us, more: more.addedP50Us };
}

const changing = (_: number, random: () => number) => 100 * Math.abs(normal(random));
const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);

test("of 60 intervals of 95 %, about 57 hold the truth: 300 us added, and nothing added", () => {
  const held = { same: 0, more: 0 };
  const missed = { below: 0, above: 0 };
  for (const seed of SEEDS) {
    const { same, more } = measured(seed, changing);
    for (const { value, low, high, distinguishable } of [same, more]) {
      assert.ok(low <= value && value <= high, `${low} <= ${value} <= ${high}`);
      assert.equal(distinguishable, low > 0 || high < 0);
    }
    assert.ok(Math.abs(more.value - 300) < 150, `seed ${seed}: ${more.value} us`);
    assert.ok(more.distinguishable, `seed ${seed}: 300 us are told from zero in [${more.low}, ${more.high}]`);
    if (!same.distinguishable) held.same++;
    if (more.low <= 300 && 300 <= more.high) held.more++;
    for (const [truth, { low, high }] of [
      [0, same],
      [300, more],
    ] as const) {
      if (truth < low) missed.below++;
      if (truth > high) missed.above++;
    }
  }
  // Fewer than 52 of 60 have a chance of 1 in 100 with honest intervals; all 60, that they are too wide, one in 20.
  assert.ok(missed.below > 0 && missed.above > 0, `both ends are ends of 95 %: ${JSON.stringify(missed)}`);
  for (const [which, times] of Object.entries(held))
    assert.ok(times >= 52 && times < 60, `${which}: ${times}`);
});

test("the machine's mood cancels: windows that are 20 ms apart do not widen the interval by as much", () => {
  const calm = measured(3, () => 0).more;
  const moody = measured(3, (at) => (at % 2 === 0 ? 0 : 20_000)).more;
  // Unpaired, it would be as wide as the moods are apart.
  const [narrow, wide] = [calm.high - calm.low, moody.high - moody.low];
  assert.ok(wide < 20 * narrow && wide < 10_000, `${wide} us wide beside ${narrow} us`);
});

test("a constant addition is exact at p50 and p95, with an interval of no width", () => {
  const samples = new OverheadSamples(["none", "more", "less"]);
  for (let at = 0; at < 5; at++) {
    samples.addWindow(
      windowAt(at, [
        trend(
          "http_req_duration",
          [
            [1.0, 90],
            [1.5, 10],
          ],
          hold("none"),
        ),
        trend(
          "http_req_duration",
          [
            [1.3, 90],
            [2.0, 10],
          ],
          hold("more"),
        ),
        trend(
          "http_req_duration",
          [
            [0.9, 90],
            [1.4, 10],
          ],
          hold("less"),
        ),
      ]),
    );
  }
  const round = ({ value, low, high, distinguishable }: Estimate) =>
    [value, low, high].map(Math.round).concat(Number(distinguishable));
  const result = samples.result(1);
  assert.deepEqual(
    result?.rows.map(({ variant, n, addedP50Us, addedP95Us, addedCpuUs }) => [
      variant,
      n,
      round(addedP50Us),
      round(addedP95Us),
      addedCpuUs,
    ]),
    [
      ["more", 500, [300, 300, 300, 1], [500, 500, 500, 1], null],
      ["less", 500, [-100, -100, -100, 1], [-100, -100, -100, 1], null],
    ],
  );
  assert.deepEqual(
    { ...result?.baseline, p50Us: Math.round(result?.baseline.p50Us as number) },
    { variant: "none", n: 500, p50Us: 1_000, p95Us: 1_500, cpuUs: null },
  );
  assert.deepEqual([result?.blocks, result?.resamples], [5, 2_000]);
});

test("the same windows give the same figures", () => {
  assert.deepEqual(measured(7, changing), measured(7, changing));
});

test("windows without every variant, other phases and other metrics are left out", () => {
  const samples = new OverheadSamples(["none", "more"]);
  const both = (phase: string, ms: number, metric = "http_req_duration") =>
    ["none", "more"].map((variant) => trend(metric, [ms], { ...hold(variant), phase }));
  samples.addWindow(windowAt(0, both("warm-up", 90)));
  samples.addWindow(windowAt(1, [trend("http_req_duration", [90], hold("none"))]));
  samples.addWindow(windowAt(2, both("hold", 90, "http_req_waiting")));
  assert.equal(samples.result(1), undefined);
  samples.addWindow(
    windowAt(3, [
      ...both("hold", 1),
      trend("http_req_duration", [90], hold("stranger")),
      ...both("ramp", 90),
    ]),
  );
  const result = samples.result(1);
  assert.equal(result?.blocks, 1);
  assert.equal(result?.baseline.p95Us, 1_000);
  assert.deepEqual(
    result?.rows.map(({ variant, n }) => [variant, n]),
    [["more", 1]],
  );
});

test("series of one variant that differ in other tags are one", () => {
  const samples = new OverheadSamples(["none", "more"]);
  samples.addWindow(
    windowAt(0, [
      trend("http_req_duration", [[1, 3]], { ...hold("none"), status: "200" }),
      trend("http_req_duration", [[9, 1]], { ...hold("none"), status: "500" }),
      trend("http_req_duration", [[2, 4]], hold("more")),
    ]),
  );
  const result = samples.result(1);
  assert.deepEqual([result?.baseline.n, result?.baseline.p50Us], [4, 1_000]);
});

/** One window with every variant: without one there is no result to hold the CPU. */
function withCpu(...totals: Record<string, { cpuSeconds: number; requests: number }>[]) {
  const samples = new OverheadSamples(["none", "more"]);
  samples.addWindow(
    windowAt(
      0,
      ["none", "more"].map((variant) => trend("http_req_duration", [1], hold(variant))),
    ),
  );
  for (const total of totals) samples.addCpu(total);
  const result = samples.result(1);
  const added = result?.rows[0]?.addedCpuUs;
  return added && { none: result?.baseline.cpuUs, ...added };
}

const cpu = (none: [number, number], more: [number, number]) => ({
  none: { cpuSeconds: none[0], requests: none[1] },
  more: { cpuSeconds: more[0], requests: more[1] },
  stranger: { cpuSeconds: 99, requests: 1 },
});

function near(found: number | null | undefined, expected: number): void {
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-6, `${found}, expected ${expected}`);
}

test("added CPU is the difference of CPU a request, from what came between two looks", () => {
  // Before the first look: JIT and start-up, 1 ms a request; none of it counts.
  const found = withCpu(
    cpu([1, 1_000], [1, 1_000]),
    cpu([1.2, 3_000], [1.1, 1_500]),
    cpu([1.3, 4_000], [1.5, 3_500]),
  );
  near(found?.none, 100);
  near(found?.value, 100);
  near(found?.low, 100);
  near(found?.high, 100);
  assert.equal(found?.distinguishable, true);
});

test("added CPU weighs by requests, not by seconds", () => {
  // 100 us for 900 requests, then 300 us for 100: 120 us a request.
  const found = withCpu(
    cpu([0, 0], [0, 0]),
    cpu([0.09, 900], [0.09, 900]),
    cpu([0.12, 1_000], [0.12, 1_000]),
  );
  near(found?.none, 120);
  near(found?.value, 0);
  assert.equal(found?.distinguishable, false);
});

test("one look, a variant without requests or a target that began anew make no delta", () => {
  assert.equal(withCpu(cpu([1, 1_000], [1, 1_000])), null);
  assert.equal(withCpu(cpu([1, 1_000], [1, 1_000]), cpu([2, 2_000], [1, 1_000])), null);
  assert.equal(withCpu(cpu([1, 1_000], [1, 1_000]), cpu([0.1, 10], [0.1, 10])), null);
  assert.equal(withCpu(cpu([1, 1_000], [1, 1_000]), { none: { cpuSeconds: 2, requests: 2_000 } }), null);
});

test("CPU of the warm-up, in which code is still compiled, is not part of what a request costs", () => {
  const plan = planned("interceptor-overhead");
  let cpuSeconds = 0;
  let requests = 0;
  const evidence = evidenceOf(plan, ({ phase, target }) => {
    // A request costs 900 us until the warm-up is over, 100 us from then on; `retry` twice that.
    cpuSeconds += 50 * (phase === "warm-up" ? 900e-6 : 100e-6);
    requests += 50;
    const told = (plan.blocks?.variants ?? []).map((variant) => [
      variant,
      { cpuSeconds: variant === "retry" ? 2 * cpuSeconds : cpuSeconds, requests },
    ]);
    return { target: target && { ...target, variants: Object.fromEntries(told) } };
  });
  const { overhead } = judge(evidence, WELL).findings;
  near(overhead?.baseline.cpuUs, 100);
  near(overhead?.rows.find(({ variant }) => variant === "retry")?.addedCpuUs?.value, 100);
});

test("too few windows tell nothing of their scatter: no result", () => {
  const samples = new OverheadSamples(["none", "full"]);
  assert.equal(samples.result(), undefined);
});
