import assert from "node:assert/strict";
import { test } from "node:test";
import { noiseOf } from "./noise.ts";
import type { Reading } from "./reading.ts";

const readings = (...others: (number | undefined)[]) =>
  others.map((other) => ({ cores: other === undefined ? {} : { other } }) as unknown as Reading);

test("other work is told of, its mean and its most", () => {
  assert.deepEqual(noiseOf(readings(0.1, undefined, 1.2, 0.5), 2), [
    "Other work took 0.60 of 2 cores, at most 1.20: run it again when it is quiet.",
  ]);
});

test("what the host of the machine takes is told of beyond a hundredth: a p99 leaves out no more", () => {
  const stolen = (...each: number[]) =>
    each.map((stolen) => ({ cores: { other: 0, stolen } }) as unknown as Reading);
  assert.deepEqual(noiseOf(stolen(0.01, 0.05), 2), [
    "The host of this machine (steal) took 0.03 of 2 cores, at most 0.05: run it again when it is quiet.",
  ]);
  assert.deepEqual(noiseOf(stolen(0.01, 0.02), 2), []);
});

test("a quiet machine, and one that nobody could look at, are nothing to tell of", () => {
  assert.deepEqual(noiseOf(readings(0.05, 0.12, 0.01), 2), []);
  assert.deepEqual(noiseOf(readings(undefined), 2), []);
});
