import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY } from "./policy.ts";
import { changeText, intervalText, limitsText, pText, valueText } from "./words.ts";

test("changes are signed percent, with no digits that mean nothing", () => {
  assert.deepEqual([1.1234, 0.96, 1, 1.0004, 2.5, 0.0004, 12, 1.9996].map(changeText), [
    "+12.3 %",
    "−4.0 %",
    "0.0 %",
    "0.0 %",
    "+150 %",
    "−100 %",
    ">+999 %",
    "+100 %",
  ]);
  assert.equal(intervalText({ low: 0.934, high: 1.772 }), "−6.6 to +77");
});

test("p-values below a thousandth are told as such", () => {
  assert.deepEqual([0, 0.00099, 0.004, 0.0499, 0.2, 1].map(pText), [
    "<.001",
    "<.001",
    "0.004",
    "0.050",
    "0.20",
    "1.00",
  ]);
});

test("values have the unit that their title has not", () => {
  assert.equal(valueText(1.234, { unit: "ms" }), "1.23 ms");
  assert.equal(valueText(5.4e8, { unit: "bytes" }), "540 MB");
  assert.equal(valueText(9_999.7, { unit: "/s" }), "10,000");
  assert.equal(valueText(99.97, { unit: "%" }), "99.97 %");
  assert.equal(valueText(0.5, { unit: "cores" }), "0.500");
});

test("the limits of a policy are said as it has them, a line a family", () => {
  assert.deepEqual(limitsText(DEFAULT_POLICY), [
    "latency: +20 % warns, +50 % fails",
    "throughput: −20 % warns, −50 % fails",
    "right answers: −1 % warns, −5 % fails",
    "memory: +30 % warns",
    "CPU: no limit",
  ]);
  assert.equal(limitsText({ ...DEFAULT_POLICY, cpu: { fail: 40 } }).at(-1), "CPU: +40 % fails");
});
