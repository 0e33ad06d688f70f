import assert from "node:assert/strict";
import { test } from "node:test";
import { Lateness, PACKETS_A_LOOK } from "./lateness.ts";

const LATEST_MS = 5;

/** Sends what is due, each packet at a cost, as a tick of the sender does; what was told, and what was true. */
function tick(dueMs: readonly number[], beginsMs: number, costMs: number) {
  let nowMs = beginsMs;
  let looks = 0;
  const lateness = new Lateness(() => {
    looks++;
    return nowMs;
  }, LATEST_MS);
  const truth: number[] = [];
  lateness.begin(nowMs);
  for (const due of dueMs) {
    lateness.leaves(due);
    truth.push(nowMs - due);
    nowMs += costMs;
  }
  return { lateness, looks, truth };
}

/** Due every 0.1 ms: 10,000 a second. */
const due = (n: number) => Array.from({ length: n }, (_, i) => i / 10);

test("packets of a short tick are as late as it is, and cost no look at the clock", () => {
  const { lateness, looks } = tick([0, 0.1, 0.2], 1, 0.05);
  assert.deepEqual([lateness.worstMs, lateness.late, looks], [1, 0, 0]);
});

test("a tick that takes long is late by what it took: the packets at its end, not only those at its start", () => {
  // 300 that became due within 3 ms, sent from then on at 45 us each: the last leaves 13.5 ms later, not 0.
  const all = due(300).map((ms) => ms / 10);
  const { lateness, truth } = tick(all, 3, 0.045);
  const [worst, late] = [Math.max(...truth), truth.filter((ms) => ms > LATEST_MS).length];
  assert.ok(worst > 13);
  const unseen = PACKETS_A_LOOK * 0.045;
  assert.ok(
    (lateness.worstMs as number) <= worst && (lateness.worstMs as number) > worst - unseen,
    `${lateness.worstMs}`,
  );
  assert.ok(
    lateness.late <= late && lateness.late > late - 2 * PACKETS_A_LOOK,
    `${lateness.late} of ${late}`,
  );
});

test("a sender that catches up is latest at its start", () => {
  const { lateness, truth } = tick(due(300), 40, 0.045);
  assert.equal(lateness.worstMs, 40);
  assert.equal(lateness.worstMs, truth[0]);
  assert.equal(lateness.late, 300);
});

test("the clock is looked at once in so many packets", () => {
  assert.equal(tick(due(160), 0, 0.045).looks, 160 / PACKETS_A_LOOK - 1);
});

test("what was told is not told again, and of a tick that sent nothing there is nothing to tell", () => {
  const { lateness } = tick([0], 9, 0);
  assert.deepEqual([lateness.worstMs, lateness.late], [9, 1]);
  lateness.clear();
  assert.deepEqual([lateness.worstMs, lateness.late], [undefined, 0]);
  lateness.begin(20);
  lateness.leaves(18);
  assert.deepEqual([lateness.worstMs, lateness.late], [2, 0]);
});
