import assert from "node:assert/strict";
import { cpus } from "node:os";
import { test } from "node:test";
import { hostCpu, hostRates, stolenSecondsOf } from "./host-cpu.ts";

test("what the hypervisor took is the eighth figure of the line of all cores", () => {
  const stat =
    "cpu  81688 3046 22220 2097135 2972 11 5110 4619 7 0\ncpu0 40949 2549 10711 1050001 1175 0 2145 2203 0 0\n";
  assert.equal(stolenSecondsOf(stat), 46.19);
});

for (const [what, stat] of [
  [
    "a kernel before 2.6.11, which has seven figures",
    "cpu  81688 3046 22220 2097135 2972 11 5110\ncpu0 1 2 3 4 5 6 7 8\n",
  ],
  ["an empty file", ""],
] as const)
  test(`${what}, tells nothing of it`, () => assert.equal(stolenSecondsOf(stat), undefined));

for (const [what, before, now, rates] of [
  ["of two seconds, half of each", [10, 1], [13, 1.5], { busyCores: 1.5, stolenCpuCores: 0.25 }],
  ["a count that steps back is none", [10, 1], [13, 0.99], { busyCores: 1.5, stolenCpuCores: 0 }],
  ["what nobody counts is absent", [10, undefined], [13, undefined], { busyCores: 1.5 }],
] as const)
  test(`rates: ${what}`, () => {
    const at = ([busySeconds, stolenSeconds]: typeof before | typeof now) => ({ busySeconds, stolenSeconds });
    assert.deepEqual(hostRates(at(before), at(now), 2), rates);
  });

test("a machine that works is busier afterwards, by no more than its cores have time", () => {
  const [before, fromMs] = [hostCpu(), performance.now()];
  while (performance.now() - fromMs < 300);
  const seconds = (performance.now() - fromMs) / 1_000;
  const busy = hostCpu().busySeconds - before.busySeconds;
  assert.ok(busy >= 0.05, `${busy} s of a loop of 0.3 s`);
  // Counted in ticks of 0.01 s, of which one may be under way on each core at either end.
  assert.ok(busy <= (seconds + 0.02) * cpus().length, `${busy} s in ${seconds} s`);
});
