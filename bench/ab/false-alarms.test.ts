/** The whole rule, all looks of it, on trials that are simulated with the noise of a shared machine of two cores. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Noise, simulatedRounds, trial } from "./testing/simulated.ts";

const RULE = { alpha: 0.05, band: 0.05, seed: 1 };
const SHAPE = { rounds: 5, pairs: 16 };
/** Two loads at the same time scatter by 5.6 % from second to second; processes of one build by 1 to 2 %. */
const NOISE: Noise = { pair: 0.056, lasting: 0.3, process: 0.015, hit: 0.05 };

function decisions(slower: number, trials: number, noise: Noise = NOISE) {
  const all = Array.from({ length: trials }, (_, i) =>
    trial(simulatedRounds(SHAPE, noise, slower, 7919 * i + 13), RULE),
  );
  const share = (decision: string) => all.filter((one) => one.decision === decision).length / trials;
  const rounds = all.map((one) => one.rounds).sort((a, b) => a - b)[trials >> 1] ?? 0;
  return { slower: share("slower"), faster: share("faster"), same: share("same"), rounds };
}

test("the same build twice is never called slower or faster, and mostly the same", () => {
  const { slower, faster, same } = decisions(0, 60);
  assert.deepEqual({ slower, faster }, { slower: 0, faster: 0 });
  assert.ok(same > 0.5, `same in ${same}`);
});

test("nor where processes differ by 2 % and the machine's mood lasts", () => {
  const { slower, faster } = decisions(0, 60, { ...NOISE, process: 0.02, lasting: 0.6 });
  assert.ok(slower + faster <= 0.04, `${slower + faster}`);
});

test("nor, but for one trial in twenty, where they differ by 3 %: twice what is usual", () => {
  const { slower, faster } = decisions(0, 100, { ...NOISE, process: 0.03 });
  assert.ok(slower + faster <= 0.05, `${slower + faster}`);
});

test("10 % slower is found in more than 9 of 10 trials, and mostly by the third round", () => {
  const { slower, faster, rounds } = decisions(0.1, 30);
  assert.ok(slower > 0.9 && faster === 0, `${slower}`);
  assert.equal(rounds, 3);
});

test("3 % slower lies in the band: it is seldom called slower and never faster", () => {
  const { slower, faster } = decisions(0.03, 30);
  assert.ok(slower < 0.25 && faster === 0, `${slower}`);
});

test("10 % faster is called so as often", () => {
  assert.ok(decisions(1 / 1.1 - 1, 20).faster > 0.9);
});
