import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { blockQuantiles } from "./block-quantiles.ts";
import { FIXTURES } from "./testing/fixtures.ts";

function buckets(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

test("quantiles of blocks put together are numpy's of all their values", () => {
  const { values, q, quantiles } = FIXTURES.quantiles;
  const blocks = blockQuantiles(
    [values.slice(0, 40), [], values.slice(40, 300), values.slice(300)].map(buckets),
  );
  assert.equal(blocks.n, values.length);
  assert.deepEqual(
    q.map((share) => blocks.quantile(share)),
    quantiles,
  );
});

const block = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });

test("a block that counts twice weighs as if it were there twice, one that counts not as if it were not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(block, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (pairs, q) => {
        const weighed = blockQuantiles(pairs.map(([values]) => buckets(values)));
        const all = pairs.flatMap(([values, times]) => Array.from({ length: times }, () => values)).flat();
        const sorted = all.sort((a, b) => a - b);
        const expected = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
        const found = weighed.quantile(
          q,
          pairs.map(([, times]) => times),
        );
        assert.equal(found, expected);
      },
    ),
  );
});

test("without a sample there is no quantile", () => {
  assert.deepEqual([blockQuantiles([]).n, blockQuantiles([]).quantile(0.5)], [0, Number.NaN]);
  assert.equal(blockQuantiles([buckets([1])]).quantile(0.5, [0]), Number.NaN);
});
