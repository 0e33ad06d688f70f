import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import { type Buckets, blockQuantiles } from "./block-quantiles.ts";
import {
  bootstrapFall,
  bootstrapRatio,
  degreesOfFreedom,
  pairedRatio,
  percentileInterval,
  type Resampled,
} from "./bootstrap.ts";
import { resamples, runLengthFor } from "./resamples.ts";

/** Draws from a normal distribution (Box and Muller, 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Blocks of latencies with a long tail, and a mood of the machine that lasts: each is half that of the block before. */
function measured(seed: number, slowness = 1, length = 24): Buckets[] {
  const random = mulberry32(seed);
  let mood = normal(random);
  return Array.from({ length }, () => {
    mood = 0.5 * mood + Math.sqrt(0.75) * normal(random);
    const counts = new Map<number, number>();
    for (let i = 0; i < 60; i++) {
      const value = Math.round(1000 * slowness * Math.exp(0.4 * normal(random) + 0.08 * mood));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  });
}

function p95Of(blocks: readonly Buckets[], seed: number): Resampled {
  const quantiles = blockQuantiles(blocks);
  return {
    statistic: (times) => quantiles.quantile(0.95, times),
    draws: resamples([blocks.length], { count: 200, seed, runLength: runLengthFor }),
    df: degreesOfFreedom([blocks.length], runLengthFor),
  };
}

test("of 80 intervals of a ratio about 76 hold the truth, though blocks resemble their neighbours", () => {
  let [held, significant] = [0, 0];
  for (let seed = 1; seed <= 80; seed++) {
    const estimate = bootstrapRatio(p95Of(measured(2 * seed), 1), p95Of(measured(2 * seed + 1, 1.1), 2));
    const { ratio, low, high, p } = estimate ?? assert.fail();
    assert.ok(low <= ratio && ratio <= high && p >= 0 && p <= 1);
    assert.equal(p < 0.05, low > 1 || high < 1, `p ${p} of [${low}, ${high}]`);
    if (low <= 1.1 && 1.1 <= high) held++;
    if (p < 0.05) significant++;
  }
  // Fewer than 69 have a chance of 1 in 500 with honest intervals; all 80, one in 60.
  assert.ok(held >= 69 && held < 80, `${held} of 80`);
  assert.ok(significant > 20, `10 % more is seen in ${significant} of 80`);
});

test("the other way round the ratio, and its interval, are upside down", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const [a, b] = [p95Of(measured(seed), 1), p95Of(measured(seed + 1, 1.3), 2)];
      const there = bootstrapRatio(a, b) ?? assert.fail();
      const back = bootstrapRatio(b, a) ?? assert.fail();
      for (const [x, y] of [
        [there.ratio, back.ratio],
        [there.low, back.high],
        [there.high, back.low],
      ] as const)
        assert.ok(Math.abs(x * y - 1) < 1e-9, `${x} and ${y}`);
      assert.ok(Math.abs(there.p - back.p) < 1e-9);
    }),
    { numRuns: 15 },
  );
});

test("blocks all alike leave no doubt", () => {
  const constant = (value: number) => p95Of(new Array(12).fill(new Map([[value, 100]])), 1);
  const { ratio, low, high, p } = bootstrapRatio(constant(1000), constant(1250)) ?? assert.fail();
  for (const one of [ratio, low, high]) assert.ok(Math.abs(one - 1.25) < 1e-12);
  assert.equal(p, 0);
  assert.equal(bootstrapRatio(constant(1000), constant(1000))?.p, 1);
});

test("there is no ratio to nothing", () => {
  const some = p95Of(measured(1), 1);
  assert.equal(bootstrapRatio(p95Of([new Map(), new Map()], 1), some), undefined);
  assert.equal(bootstrapRatio(some, { ...some, statistic: () => 0 }), undefined);
});

/** Means of blocks on a ramp from 10 to 100, each some percent off. */
function onRamp(seed: number, times: number, size = 24): Resampled {
  const random = mulberry32(seed);
  const values = Array.from(
    { length: size },
    (_, i) => times * (10 + (90 * i) / size) * (1 + 0.05 * normal(random)),
  );
  return {
    statistic: (counts) => values.reduce((sum, value, i) => sum + value * (counts?.[i] ?? 1), 0) / size,
    draws: resamples([size], { count: 200, seed: 1, runLength: runLengthFor }),
    df: degreesOfFreedom([size], runLengthFor),
  };
}

test("what resamples of both have in common, a ramp, is no scatter of their ratio; of 60 intervals some 57 hold the truth", () => {
  let held = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const [a, b] = [onRamp(2 * seed, 1), onRamp(2 * seed + 1, 0.9)];
    const { ratio, low, high } = pairedRatio(a, b) ?? assert.fail();
    assert.ok(low <= ratio && ratio <= high && high - low < 0.3, `[${low}, ${high}]`);
    const apart = bootstrapRatio(a, { ...b, draws: b.draws.toReversed() }) ?? assert.fail();
    assert.ok(apart.high - apart.low > 0.3, "drawn apart, the ramp is all there is to see");
    if (low <= 0.9 && 0.9 <= high) held++;
  }
  assert.ok(held >= 52, `${held} of 60`);
});

test("a fall to nothing is a ratio of 0, and one to nearly nothing has an interval", () => {
  const constant = (value: number) => p95Of(new Array(12).fill(new Map([[value, 100]])), 1);
  const whole = constant(1000);
  const nothing = { ...whole, statistic: () => 0 };
  assert.deepEqual(bootstrapFall(whole, nothing), { ratio: 0, low: 0, high: 0, p: 0 });
  const seldom = {
    ...whole,
    statistic: (times?: ArrayLike<number>) => (times ? 500 * (times[0] ?? 0) : 500),
  };
  const { ratio, low, high, p } = bootstrapFall(whole, seldom) ?? assert.fail();
  assert.ok(ratio === 0.5 && low === 0 && high > 1 && p > 0.05, "one block that has all says little");
  assert.equal(bootstrapFall(nothing, whole), undefined);
  assert.equal(bootstrapFall(whole, { ...whole, statistic: () => Number.NaN }), undefined);
});

test("the middle 95 % of 1 to 1000", () => {
  const shuffled = Array.from({ length: 1000 }, (_, i) => ((i * 7) % 1000) + 1);
  assert.deepEqual(percentileInterval(shuffled), { low: 26, high: 975 });
});

const strata = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });

test("a resample has as many blocks of each part as the measurement", () => {
  fc.assert(
    fc.property(strata, fc.integer({ min: 1, max: 9 }), fc.nat(), (sizes, runLength, seed) => {
      for (const times of resamples(sizes, { count: 5, seed, runLength: () => runLength })) {
        let first = 0;
        for (const size of sizes) {
          assert.equal(
            times.slice(first, first + size).reduce((sum, one) => sum + one, 0),
            size,
          );
          first += size;
        }
        assert.equal(times.length, first);
      }
    }),
  );
});

test("blocks are drawn equally often, and in runs together with their neighbours", () => {
  for (const runLength of [1, 4]) {
    const draws = resamples([20], { count: 4000, seed: 3, runLength: () => runLength });
    const together = draws.reduce((sum, times) => sum + Math.min(times[5] as number, times[6] as number), 0);
    for (let block = 0; block < 20; block++) {
      const mean = draws.reduce((sum, times) => sum + (times[block] as number), 0) / 4000;
      assert.ok(Math.abs(mean - 1) < 0.1, `block ${block}: ${mean}`);
    }
    // Drawn apart, both are there in 0.4 of the resamples or so, and count once or twice.
    const share = together / 4000;
    assert.ok(runLength === 1 ? share < 0.55 : share > 0.6, `runs of ${runLength}: ${share}`);
  }
});

test("runs are longer of more blocks", () => {
  assert.deepEqual([1, 27, 125, 1000].map(runLengthFor), [2, 6, 10, 20]);
});

test("blocks that are drawn in runs leave fewer degrees of freedom, and each part takes one", () => {
  assert.equal(
    degreesOfFreedom([20], () => 1),
    19,
  );
  assert.equal(
    degreesOfFreedom([20, 10], () => 5),
    4,
  );
  assert.equal(
    degreesOfFreedom([3, 3], () => 4),
    1,
  );
});
