import assert from "node:assert/strict";
import { test } from "node:test";
import { spin } from "./spin.ts";

test("it is xorshift32, which goes on where it stopped", () => {
  // The sequence from 1, as signed numbers.
  assert.equal(spin(1), 270_369);
  assert.equal(spin(1), 67_634_689);
  assert.equal(spin(2), 307_599_695);
});

test("twice the rounds take about twice the CPU", () => {
  spin(2_000_000);
  // A machine that is taken away for a while in the midst says nothing of rounds: the first measurement that is near is theirs.
  const ratios: number[] = [];
  do ratios.push(cpuOfTwice());
  while (ratios.length < 5 && !isNearTwice(ratios.at(-1) as number));
  assert.ok(isNearTwice(ratios.at(-1) as number), ratios.join(", "));
});

const isNearTwice = (ratio: number) => ratio > 1.5 && ratio < 2.7;

function cpuOfTwice(): number {
  // Many in turn: the clock of CPU time may go in steps, and the machine may change its pace.
  const cpu = { once: 0, twice: 0 };
  for (let i = 0; i < 30; i++) {
    for (const [which, rounds] of [
      ["once", 1_000_000],
      ["twice", 2_000_000],
    ] as const) {
      const before = process.threadCpuUsage();
      spin(rounds);
      const { user, system } = process.threadCpuUsage(before);
      cpu[which] += user + system;
    }
  }
  return cpu.twice / cpu.once;
}
