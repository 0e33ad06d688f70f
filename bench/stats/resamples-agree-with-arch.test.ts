import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleStandardDeviation } from "simple-statistics";
import { resamples } from "./resamples.ts";
import { FIXTURES } from "./testing/fixtures.ts";

const COUNT = 8_000;
/**
 * An error from n resamples is itself off by 1 in sqrt(2n), that is by 0.8 % from ours and by 0.4 % from the 40,000 of the
 * fixture; of a quantile, whose resamples fall on a few values only, by some more. The draws of neither are the other's.
 */
const TOLERANCE = 0.03;

type Statistic = (values: readonly number[], times: ArrayLike<number>) => number;

const STATISTICS: Readonly<Record<"mean" | "p90", Statistic>> = {
  mean: (values, times) =>
    values.reduce((sum, value, i) => sum + value * (times[i] as number), 0) / values.length,
  p90(values, times) {
    const sorted = values
      .flatMap((value, i) => new Array(times[i] as number).fill(value))
      .sort((a, b) => a - b);
    return sorted[Math.ceil(0.9 * sorted.length - 1e-9) - 1];
  },
};

for (const { values, runLength, errors } of FIXTURES.scatter) {
  const oracle = runLength === 1 ? "scipy's bootstrap" : "arch's stationary bootstrap";
  for (const [name, statistic] of Object.entries(STATISTICS)) {
    test(`${values.length} blocks in runs of ${runLength}: the standard error of the ${name} is that of ${oracle}`, () => {
      const draws = resamples([values.length], { count: COUNT, seed: 7, runLength: () => runLength });
      const error = sampleStandardDeviation(draws.map((times) => statistic(values, times)));
      const expected = errors[name as "mean"];
      assert.ok(Math.abs(error / expected - 1) < TOLERANCE, `${error}, expected ${expected}`);
    });
  }
}
