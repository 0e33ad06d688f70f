import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linearTrend } from "./linear-trend.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";

for (const { x, y, ...expected } of FIXTURES.lines) {
  test(`through ${x.length} points the slope, its interval and its p are scipy's`, () => {
    const found = linearTrend(x.map((value, i) => [value, y[i] as number])) ?? assert.fail();
    for (const [what, value] of Object.entries(expected)) assertClose(found[what as "slope"], value, what);
  });
}

test("a line is found as it is, however far off in time, and its interval holds it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -100, max: 100 }),
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.integer({ min: 3, max: 40 }),
      (slope, start, n) => {
        const at = (i: number) => start * 1_000_000 + i;
        const found = linearTrend(Array.from({ length: n }, (_, i) => [at(i), slope * i])) ?? assert.fail();
        assertClose(found.slope, slope, "slope");
        assert.ok(found.low <= found.slope && found.slope <= found.high);
      },
    ),
  );
});

test("two points, or points at one time, have no trend that could be told", () => {
  assert.equal(
    linearTrend([
      [0, 1],
      [1, 2],
    ]),
    undefined,
  );
  assert.equal(
    linearTrend([
      [1, 1],
      [1, 2],
      [1, 3],
    ]),
    undefined,
  );
});
