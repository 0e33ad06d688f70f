import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mulberry32, orderOf, variantAt } from "./blocks.ts";
import type { Blocks } from "./plan.ts";

const blocksOf: fc.Arbitrary<Blocks> = fc.record({
  variants: fc.integer({ min: 1, max: 12 }).map((n) => Array.from({ length: n }, (_, i) => `v${i}`)),
  arrivalsPerBlock: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});

test("every round calls every variant exactly arrivalsPerBlock times, in unbroken blocks", () => {
  fc.assert(
    fc.property(blocksOf, fc.nat(1_000), (blocks, round) => {
      const { variants, arrivalsPerBlock } = blocks;
      const size = variants.length * arrivalsPerBlock;
      const called = Array.from({ length: size }, (_, i) => variantAt(blocks, round * size + i));
      const order = orderOf(blocks, round);
      assert.deepEqual([...order].sort(), [...variants].sort());
      assert.deepEqual(
        called,
        order.flatMap((variant) => Array<string>(arrivalsPerBlock).fill(variant)),
      );
    }),
  );
});

test("rounds have different orders", () => {
  const blocks = { variants: [..."abcdefghijkl"], arrivalsPerBlock: 25, seed: 20261121 };
  const orders = new Set(Array.from({ length: 48 }, (_, round) => orderOf(blocks, round).join("")));
  assert.equal(orders.size, 48);
});

test("every variant comes first about as often as any other", () => {
  const blocks = { variants: [..."abcd"], arrivalsPerBlock: 1, seed: 1 };
  const firsts = new Map<string, number>();
  for (let round = 0; round < 4_000; round++) {
    const first = orderOf(blocks, round)[0] as string;
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  // 1,000 each expected; four standard deviations are 110.
  for (const [variant, times] of firsts) assert.ok(Math.abs(times - 1_000) < 110, `${variant}: ${times}`);
  assert.equal(firsts.size, 4);
});

test("the same seed gives the same orders, another seed others, and the plan's list stays as it was", () => {
  const variants = [..."abcdefgh"];
  const blocks = { variants, arrivalsPerBlock: 2, seed: 7 };
  assert.deepEqual(orderOf(blocks, 3), orderOf({ ...blocks }, 3));
  assert.notDeepEqual(orderOf(blocks, 3), orderOf({ ...blocks, seed: 1_000_007 }, 3));
  assert.deepEqual(variants, [..."abcdefgh"]);
});

// Made with the reference implementation in C, as unsigned 32-bit numbers.
for (const [seed, expected] of [
  [0, [1144304738, 1416247, 958946056, 627933444]],
  [1, [2693262067, 11749833, 2265367787, 4213581821]],
  [42, [2581720956, 1925393290, 3661312704, 2876485805]],
  [0xffffffff, [3850105811, 813802916, 3073704848, 4054706436]],
] as const) {
  test(`mulberry32 from seed ${seed} is the published generator`, () => {
    const random = mulberry32(seed);
    assert.deepEqual(
      expected.map(() => random() * 2 ** 32),
      [...expected],
    );
  });
}
