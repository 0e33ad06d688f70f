import assert from "node:assert/strict";
import { test } from "node:test";
import { EpochClock } from "./epoch-clock.ts";

const START_MS = 1_790_000_000_000.25;
const HOUR_MS = 3_600_000;
/** A few looks, and what a double holds of an epoch. */
const EXACT_MS = 0.001;

/** A machine's two clocks: time goes on with each look and by hand, and the system's clock can be set. */
function machine() {
  let runMs = 12.345;
  let setByMs = 0;
  let looks = 0;
  const look = () => {
    looks++;
    runMs += 0.0001;
    return runMs;
  };
  return {
    runMs: look,
    dateMs: () => Math.floor(START_MS + setByMs + look()),
    /** What a perfect clock would say. */
    trueMs: () => START_MS + setByMs + runMs,
    pass: (ms: number) => (runMs += ms),
    set: (byMs: number) => (setByMs += byMs),
    /** Looks at either clock that `work` takes. */
    looksOf(work: () => void): number {
      const before = looks;
      work();
      return looks - before;
    },
  };
}

for (const [what, byMs] of [
  ["goes on by an hour, as after a suspend", HOUR_MS],
  ["is put back by an hour", -HOUR_MS],
  ["is put back by 20 ms", -20],
] as const) {
  test(`a clock that ${what} is followed within 100 ms, to a microsecond`, () => {
    const { runMs, dateMs, trueMs, pass, set } = machine();
    const clock = new EpochClock(dateMs, runMs);
    const offBy = () => Math.abs(clock.at(runMs()) - trueMs());
    assert.ok(offBy() <= EXACT_MS);
    pass(10_000);
    assert.ok(offBy() <= EXACT_MS);
    set(byMs);
    pass(101);
    offBy();
    assert.ok(offBy() <= EXACT_MS, `${offBy()} ms off`);
  });
}

test("a clock that nobody sets is looked at ten times a second, whatever it is asked, and read once", () => {
  const { runMs, dateMs, pass, looksOf } = machine();
  const clock = new EpochClock(dateMs, runMs);
  let before = 0;
  const looks = looksOf(() => {
    for (let n = 0; n < 10_000; n++) {
      pass(0.1);
      const atMs = clock.at(runMs());
      assert.ok(atMs > before, "times rise");
      before = atMs;
    }
  });
  // 1 s, one look for each question, three more every 100 ms.
  assert.ok(looks <= 10_000 + 3 * 11, `${looks} looks`);
});

test("a process that is interrupted between two looks has not seen a clock that was set", () => {
  const { runMs, dateMs, pass, looksOf } = machine();
  let interruptMs = 0;
  const interrupted = (clock: () => number) => () => {
    const value = clock();
    pass(interruptMs);
    return value;
  };
  const clock = new EpochClock(interrupted(dateMs), interrupted(runMs));
  pass(200);
  interruptMs = 50;
  assert.ok(looksOf(() => clock.at(runMs())) <= 4, "it reads nothing anew");
});

test("a clock that stands still, as a test's may, is taken at its word", () => {
  const { runMs } = machine();
  const clock = new EpochClock(() => 1_790_000_000_000, runMs);
  assert.ok(Math.abs(clock.at(runMs()) - 1_790_000_000_000) < 200);
});
