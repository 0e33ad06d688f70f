import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, gauge, rate, START_MS, trend, windowAt } from "./testing/windows.ts";
import { carries, parseWindow, startMs, WindowError } from "./window.ts";

const whole = windowAt(
  3,
  [
    trend("http_req_duration", [1, 2, 3], { phase: "hold" }),
    counter("http_reqs", 3, { phase: "hold" }),
    rate("checks", 2, 1),
    gauge("vus", 7, 5, 9),
  ],
  { late: 2, overflow: 1 },
);

test("a window reads back as it was written", () => {
  assert.deepEqual(parseWindow(JSON.stringify(whole)), whole);
});

test("late, overflow and unit may be missing: nothing was late, nothing overflowed, no unit", () => {
  const line =
    '{"v":1,"from":"2026-11-21T10:00:00.000Z","ms":1000,"series":[{"metric":"m","type":"counter","tags":{},"value":4}]}';
  assert.deepEqual(parseWindow(line), windowAt(0, [counter("m", 4)]));
});

test("what a later version adds is left out, not refused", () => {
  const { late, overflow } = parseWindow(JSON.stringify({ ...whole, weather: "fog" }));
  assert.deepEqual([late, overflow], [2, 1]);
});

/** Reads a line that is no window; gives back the one line that says so. */
function complaint(line: string): string {
  try {
    parseWindow(line);
  } catch (error) {
    assert.ok(error instanceof WindowError, `a WindowError, not ${error}`);
    assert.equal(error.code, "BAD_WINDOW");
    assert.doesNotMatch(error.message, /\n/);
    assert.ok(error.message.length < 200, "short enough for a terminal");
    return error.message;
  }
  throw new assert.AssertionError({ message: `taken for a window: ${line.slice(0, 100)}` });
}

test("a line cut at any byte is no window", () => {
  const line = JSON.stringify(whole);
  for (let length = 0; length < line.length; length += 7) {
    assert.match(complaint(line.slice(0, length)), /^not JSON: /);
  }
});

test("a line that is not JSON is quoted, but not all of it", () => {
  assert.equal(complaint("x".repeat(10_000)), `not JSON: ${"x".repeat(80)}`);
});

for (const [what, change, path] of [
  ["another version", { v: 2 }, "v"],
  ["a version that is text", { v: "1" }, "v"],
  ["a start that is a number", { from: 5 }, "from"],
  ["a start that is no date", { from: "yesterday" }, "from"],
  ["a length that is text", { ms: "1000" }, "ms"],
  ["series that are no list", { series: {} }, "series"],
  ["a series of no known type", { series: [{ ...counter("m", 1), type: "set" }] }, "series.0.type"],
  [
    "a tag that is a number",
    { series: [{ ...counter("m", 1), tags: { status: 200 } }] },
    "series.0.tags.status",
  ],
  [
    "a value that is null",
    { series: [whole.series[1], { ...counter("m", 1), value: null }] },
    "series.1.value",
  ],
] as const) {
  test(`${what} is refused by name`, () => {
    assert.match(
      complaint(JSON.stringify({ ...whole, ...change })),
      new RegExp(`^not a window: ${path}: .+`),
    );
  });
}

for (const json of ["null", "7", '"window"', "[]", "{}"]) {
  test(`${json} is no window`, () => {
    assert.match(complaint(json), /^not a window: /);
  });
}

for (const key of ["v", "from", "ms", "series"]) {
  test(`a window without ${key} is refused`, () => {
    assert.match(
      complaint(JSON.stringify({ ...whole, [key]: undefined })),
      new RegExp(`^not a window: ${key}: `),
    );
  });
}

for (const series of whole.series) {
  for (const key of Object.keys(series).filter((name) => name !== "unit")) {
    test(`a ${series.type} without ${key} is refused`, () => {
      const line = JSON.stringify({ ...whole, series: [{ ...series, [key]: undefined }] });
      assert.match(complaint(line), new RegExp(`^not a window: series\\.0\\.${key}: `));
    });
  }
}

test("a window starts where it says, in epoch milliseconds", () => {
  assert.equal(startMs(whole), START_MS + 3_000);
});

test("tags carry what is wanted when they have every pair of it", () => {
  const tags = { phase: "hold", variant: "full" };
  assert.equal(carries(tags, {}), true);
  assert.equal(carries(tags, { phase: "hold" }), true);
  assert.equal(carries(tags, { variant: "full", phase: "hold" }), true);
  assert.equal(carries(tags, { phase: "ramp" }), false);
  assert.equal(carries(tags, { phase: "hold", stage: "9" }), false);
  assert.equal(carries({}, { phase: "hold" }), false);
});
