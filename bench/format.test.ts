import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "./format.ts";

test("numbers have 3 significant digits and groups of thousands", () => {
  for (const [value, text] of [
    [0, "0"],
    [212.4, "212"],
    [1.2, "1.20"],
    [0.00123456, "0.00123"],
    [999.7, "1,000"],
    [12_345_678, "12,300,000"],
    [-0.5, "−0.500"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ] as const)
    assert.equal(format.significant(value), text);
  assert.equal(format.count(1_234_567), "1,234,567");
});

test("a latency is written in the unit that fits", () => {
  for (const [ms, text] of [
    [0, "0 ms"],
    [0.0421, "42.1 µs"],
    [0.9996, "1.00 ms"],
    [212.4, "212 ms"],
    [1500, "1.50 s"],
  ] as const)
    assert.equal(format.latency(ms), text);
});

test("memory is in decimal units, as the limits of plans are", () => {
  assert.deepEqual(
    [512, 83_912_000, 100_000_000, 25_232_932_864].map((value) => format.bytes(value)),
    ["512 B", "83.9 MB", "100 MB", "25.2 GB"],
  );
});

test("a percentage just under 100 does not read 100", () => {
  assert.deepEqual(
    [0, 0.8876, 95.24, 99.97, 99.9962, 100].map((value) => format.percent(value)),
    ["0 %", "0.888 %", "95.2 %", "99.97 %", "99.996 %", "100 %"],
  );
});

test("a limit is written as it was set", () => {
  assert.deepEqual(
    [
      format.limitInUnit(100e6, "bytes"),
      format.limitInUnit(0.5, "cores"),
      format.limitInUnit(99, "%"),
      format.limitInUnit(150, "ms"),
      format.limitInUnit(0, ""),
      format.limitInUnit(30, "s"),
      format.limitInUnit(100, "VUs"),
    ],
    ["100 MB", "0.5 cores", "99 %", "150 ms", "0", "30 s", "100 VUs"],
  );
});

test("a value close to its limit has the digits that tell them apart", () => {
  assert.equal(format.measuredBeside(100_030_000, 100e6, "bytes"), "100.03 MB");
  assert.equal(format.measuredBeside(99.9996, 100, "ms"), "99.9996 ms");
  assert.equal(format.measuredBeside(212.4, 100, "ms"), "212 ms");
  assert.equal(format.measuredBeside(100, 100, "ms"), "100 ms");
  assert.equal(format.measuredBeside(21_680, 0, ""), "21,680");
});

test("time is written for people", () => {
  assert.deepEqual(
    [27, 372, 7_500].map((seconds) => format.duration(seconds)),
    ["27.0 s", "6 min 12 s", "2 h 05 min"],
  );
  assert.deepEqual([7, 750, 3600].map(format.clock), ["0:07", "12:30", "1:00:00"]);
  assert.equal(format.moment("2026-11-21T10:00:00.000Z"), "2026-11-21 10:00:00 UTC");
  assert.equal(format.moment("yesterday"), "yesterday");
});
