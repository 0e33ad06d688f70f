import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { epochOriginMs } from "./epoch-origin.ts";

/** What a look at a clock takes, ms. */
const LOOK_MS = 0.0001;
/** A few looks, and what a double holds of an epoch. */
const EXACT_MS = 0.001;

/** A machine's two clocks over one time that goes on with each look; `pauses` says at which looks it was busy with other work. */
function machine(originMs: number, pauses: Readonly<Record<number, number>> = {}) {
  let runMs = 12.345;
  let looks = 0;
  const look = () => {
    runMs += LOOK_MS + (pauses[looks++] ?? 0);
    return runMs;
  };
  return { runMs: look, dateMs: () => Math.floor(originMs + look()) };
}

test("wherever the millisecond begins, the origin is right to a microsecond", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (fraction) => {
      const originMs = 1_790_000_000_000 + fraction;
      const { dateMs, runMs } = machine(originMs);
      assert.ok(Math.abs(epochOriginMs(dateMs, runMs) - originMs) <= EXACT_MS);
    }),
    { numRuns: 20 },
  );
});

test("a process that is interrupted in two of five readings still reads it right", () => {
  const originMs = 1_790_000_000_000.4;
  // A reading takes some 10,000 looks: the first two are interrupted, at whatever look of theirs.
  fc.assert(
    fc.property(fc.nat(3_000), fc.integer({ min: 4_000, max: 9_000 }), (one, other) => {
      const { dateMs, runMs } = machine(originMs, { [one]: 30.7, [other]: 5.2 });
      assert.ok(Math.abs(epochOriginMs(dateMs, runMs) - originMs) <= EXACT_MS);
    }),
    { numRuns: 20 },
  );
});
