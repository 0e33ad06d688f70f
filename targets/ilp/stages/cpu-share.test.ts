import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cpuByStage } from "./cpu-share.ts";

const seen = new Map([
  ["idle", 900],
  ["rows", 20],
  ["commit", 60],
  ["messages", 20],
]);

test("as much CPU as was seen: the times are the stages', idle left out", () => {
  const { times, sumUs, waitUs } = cpuByStage(seen, 100);
  assert.deepEqual(Object.fromEntries(times), { rows: 20, commit: 60, messages: 20 });
  assert.deepEqual([sumUs, waitUs], [100, 0]);
});

test("less CPU than was seen: the rest was waiting, of the stage that waits", () => {
  const { times, sumUs, waitUs } = cpuByStage(seen, 70, "commit");
  assert.deepEqual(Object.fromEntries(times), { rows: 20, commit: 30, messages: 20 });
  assert.deepEqual([sumUs, waitUs], [70, 30]);
});

test("more waiting than that stage took, or none that waits: taken off all alike", () => {
  const beyond = cpuByStage(seen, 30, "commit");
  assert.deepEqual(Object.fromEntries(beyond.times), { rows: 15, commit: 0, messages: 15 });
  assert.deepEqual([beyond.sumUs, beyond.waitUs], [30, 60]);
  const alike = cpuByStage(seen, 50);
  assert.deepEqual(Object.fromEntries(alike.times), { rows: 10, commit: 30, messages: 10 });
});

test("more CPU than was seen, or a system that does not tell: times as they were seen", () => {
  for (const cpuUs of [130, undefined]) {
    const { times, sumUs, waitUs } = cpuByStage(seen, cpuUs, "commit");
    assert.deepEqual(Object.fromEntries(times), { rows: 20, commit: 60, messages: 20 });
    assert.deepEqual([sumUs, waitUs], [100, 0]);
  }
});

test("stages add up to the sum, none is below zero, and with the wait they are what was seen, or less", () => {
  const us = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(us, us, us, us, (rows, commit, idle, cpuUs) => {
      const all = new Map(Object.entries({ rows, commit, idle }));
      const { times, sumUs, waitUs } = cpuByStage(all, cpuUs, "commit");
      const sum = [...times.values()].reduce((total, one) => total + one, 0);
      assert.ok(Math.abs(sum - sumUs) < 1e-6 && sumUs <= cpuUs);
      assert.ok([...times.values(), waitUs].every((one) => one >= 0));
      assert.ok(sumUs + waitUs <= rows + commit + 1e-6);
    }),
  );
});
