import { test } from "node:test";
import { normalTwoSided, studentMargin, studentTwoSided } from "./distributions.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";

const { studentTwoSided: student, studentQuantile, normalTwoSided: normal } = FIXTURES.distributions;

test("the tails of Student's t are scipy's, on both sides", () => {
  for (const [t, df, p] of student) {
    assertClose(studentTwoSided(t, df), p, `t ${t}, ${df} degrees of freedom`);
    assertClose(studentTwoSided(-t, df), p, `t ${-t}, ${df} degrees of freedom`);
  }
  assertClose(studentTwoSided(Number.POSITIVE_INFINITY, 3), 0);
});

test("the tails of the normal distribution are scipy's, on both sides", () => {
  for (const [z, p] of normal) {
    assertClose(normalTwoSided(z), p, `z ${z}`);
    assertClose(normalTwoSided(-z), p, `z ${-z}`);
  }
});

test("the reach of an interval is a quantile of Student's t", () => {
  for (const [p, df, t] of studentQuantile) assertClose(studentMargin(2 * p - 1, df), t, `${p} of ${df}`);
});
