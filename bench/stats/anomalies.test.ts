import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anomalies } from "./anomalies.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";

test("a value 2 standard deviations from the others is found, those at less are not", () => {
  // The others have mean 10 and sample variance 2.5.
  const others = [8, 9, 10, 11, 12];
  assert.deepEqual(anomalies([...others, 10 + 1.99 * Math.sqrt(2.5)]), []);
  const [found, ...more] = anomalies([...others, 10 + 2.01 * Math.sqrt(2.5)]);
  assert.equal(found?.index, 5);
  assertClose(found?.sigmas, 2.01);
  assert.deepEqual(more, []);
});

test("one far value does not hide in the spread that it makes", () => {
  // With its own spread it would lie 1.8 standard deviations off, however far it is.
  assert.deepEqual(
    anomalies([10, 11, 10, 9, 1000]).map(({ index }) => index),
    [4],
  );
  assert.deepEqual(anomalies([5, 5, 5, 5, 6]), [{ index: 4, sigmas: Number.POSITIVE_INFINITY }]);
});

test("of fewer than 5 values, or values all alike, none is odd", () => {
  assert.deepEqual(anomalies([1, 1, 1, 100]), []);
  assert.deepEqual(anomalies([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]), []);
});

test("units and direction do not matter", () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 });
  fc.assert(
    fc.property(values, (some) => {
      const places = (list: readonly number[]) => anomalies(list).map(({ index }) => index);
      assert.deepEqual(places(some.map((value) => 1024 - 8 * value)), places(some));
    }),
  );
});

for (const { values, sigmas } of FIXTURES.studentised) {
  test(`of ${values.length} values each lies as far from the others as statsmodels' studentised residuals say`, () => {
    const all = anomalies(values, 0);
    assert.equal(all.length, values.length);
    for (const { index, sigmas: away } of all) assertClose(away, sigmas[index] as number, `value ${index}`);
    assert.deepEqual(
      anomalies(values).map(({ index }) => index),
      [...sigmas.keys()].filter((index) => Math.abs(sigmas[index] as number) > 2),
    );
  });
}
