import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeIntoCompressedBase64, Float64Histogram } from "hdr-histogram-js";
import { TrendHistogram } from "./histogram.ts";
import { WindowError } from "./window.ts";

/** A trend's series as a window carries it, made of microseconds. */
function seriesOf(us: readonly number[]) {
  const hdr = new Float64Histogram(1, Number.MAX_SAFE_INTEGER, 3);
  for (const value of us) hdr.recordValue(value);
  const ms = us.map((value) => value / 1000);
  const sum = ms.reduce((a, b) => a + b, 0);
  return {
    n: us.length,
    sum,
    min: Math.min(...ms),
    max: Math.max(...ms),
    hdr: encodeIntoCompressedBase64(hdr),
  };
}

const latencies = fc.array(fc.oneof(fc.nat(3_000), fc.nat(5_000_000), fc.nat(2 ** 45)), {
  minLength: 1,
  maxLength: 60,
});

test("percentiles of merged windows are those of all samples, to 3 digits", () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (windows) => {
      const merged = new TrendHistogram();
      for (const window of windows) merged.add(seriesOf(window));
      const all = windows.flat().sort((a, b) => a - b);
      for (const percent of [1, 50, 90, 99, 100]) {
        const exactMs = (all[Math.max(0, Math.ceil((percent / 100) * all.length) - 1)] as number) / 1000;
        const found = merged.percentile(percent) as number;
        assert.ok(
          Math.abs(found - exactMs) <= exactMs * 0.001 + 0.001,
          `p${percent}: ${found}, exactly ${exactMs}`,
        );
      }
      let counted = 0;
      merged.forEachBucket((_, count) => {
        counted += count;
      });
      assert.equal(counted, all.length);
    }),
  );
});

test("n, mean, min and max are exact, and survive encoding", () => {
  const histogram = new TrendHistogram();
  histogram.add(seriesOf([1_234_567, 10]));
  histogram.add(seriesOf([500]));
  assert.deepEqual(
    { n: histogram.n, min: histogram.min, max: histogram.max },
    { n: 3, min: 0.01, max: 1234.567 },
  );
  assert.ok(Math.abs((histogram.mean as number) - 1235.077 / 3) < 1e-9);
  const again = new TrendHistogram();
  again.add({ n: 3, sum: 1235.077, min: 0.01, max: 1234.567, hdr: histogram.encode() });
  assert.equal(again.percentile(50), 0.5);
});

test("an empty trend has no percentile, mean or summary", () => {
  const empty = new TrendHistogram();
  assert.equal(empty.percentile(95), undefined);
  assert.equal(empty.mean, undefined);
  assert.equal(empty.summary(), undefined);
});

for (const [what, hdr] of [
  ["nothing", ""],
  ["no base64", "?!"],
  ["half of one", seriesOf([1, 2, 3]).hdr.slice(0, 30)],
  ["another that was deflated", "HISTFAAAABB4nGNgYGBgBAAABQAB"],
] as const) {
  test(`a histogram that is ${what} is a WindowError, and adds nothing`, () => {
    const histogram = new TrendHistogram();
    assert.throws(() => histogram.add({ n: 3, sum: 6, min: 1, max: 3, hdr }), WindowError);
    assert.equal(histogram.n, 0);
  });
}
