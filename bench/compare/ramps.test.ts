import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import { baselineOf } from "../baseline/baseline.ts";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { sample } from "../report/testing/sample.ts";
import { compare } from "./compare.ts";
import { DEFAULT_POLICY } from "./policy.ts";

const OPTIONS = { policy: DEFAULT_POLICY, acrossMachines: false };

/** A run of stress, which ramps from its first second to its last, that answers a share of what it is asked; each second some more or less. */
async function staircase(seed: number, share = 1): Promise<Baseline> {
  const { run, windows, resources } = sample("stress", { seed, latencyMs: () => 2 });
  const random = mulberry32(seed);
  const whole = await baselineOf({ ...run, run: `seed-${seed}` }, windows, resources);
  const blocks = whole.blocks.map((block) => ({
    ...block,
    requests: Math.round(block.requests * share * (0.93 + 0.14 * random())),
  }));
  return { ...whole, blocks };
}

const BEFORE = await staircase(1);

function throughput(after: Baseline) {
  const { rows } = compare(BEFORE, after, OPTIONS);
  return rows.find(({ id }) => id === "throughput") ?? assert.fail();
}

test("a ramp is no noise: of two runs of the same staircase throughput is the same", async () => {
  for (let seed = 2; seed <= 9; seed++) {
    const { change, low, high } = throughput(await staircase(seed));
    assert.equal(change, "same", `seed ${seed}: [${low}, ${high}]`);
  }
});

for (const [share, expected] of [
  [0.75, "slower warn"],
  [0.6, "slower warn"],
  [0.45, "slower fail"],
  [1.3, "faster none"],
] as const) {
  test(`throughput times ${share} on a staircase is ${expected}`, async () => {
    for (let seed = 2; seed <= 5; seed++) {
      const { change, severity, low, high } = throughput(await staircase(seed, share));
      assert.equal(`${change} ${severity}`, expected, `seed ${seed}: [${low}, ${high}]`);
      assert.ok(low < share * 1.02 && share * 0.98 < high, `seed ${seed}: [${low}, ${high}]`);
    }
  });
}

test("a step that was not answered to its end is told, and does not pair with the whole one", async () => {
  const cut = await staircase(2);
  const blocks = cut.blocks.filter(
    ({ part }, i, all) => part !== "ramp 500" || all[i - 3]?.part === "ramp 500",
  );
  const { unanswered, change } = compare(BEFORE, { ...cut, blocks }, OPTIONS);
  assert.deepEqual(unanswered, ["ramp 500: answered for 6 s before and 3 s after"]);
  assert.equal(change, "inconclusive");
});

test("a step of one second more or less pairs with the other", async () => {
  const shorter = await staircase(2);
  const at = shorter.blocks.findIndex(({ part }) => part === "ramp 250");
  const { unanswered, rows } = compare(
    BEFORE,
    { ...shorter, blocks: shorter.blocks.toSpliced(at, 1) },
    OPTIONS,
  );
  assert.deepEqual(unanswered, []);
  for (const { id, change } of rows.filter(({ family }) => family !== "memory"))
    assert.equal(change, "same", id);
});
