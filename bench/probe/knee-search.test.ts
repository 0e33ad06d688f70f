import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findKnee, type Steps } from "./knee-search.ts";

const STEPS: Steps = { from: 10_000, step: 2_500, nearness: 500, most: 40_000 };

/** Searches a target that holds up to a limit; the rates that were tried, in their order. */
async function search(limit: number, steps: Partial<Steps> = {}) {
  const tried: number[] = [];
  const knee = await findKnee({ ...STEPS, ...steps }, async (rate) => {
    tried.push(rate);
    return rate <= limit;
  });
  return { knee, tried };
}

test("up in steps, then halving what is between, to 500", async () => {
  const { knee, tried } = await search(16_700);
  assert.deepEqual(tried, [10_000, 12_500, 15_000, 17_500, 16_000, 16_500, 17_000]);
  assert.deepEqual(knee, { held: 16_500, broke: 17_000 });
});

test("down where the first rate is not held", async () => {
  const { knee, tried } = await search(6_000);
  assert.deepEqual(tried, [10_000, 7_500, 5_000, 6_000, 6_500]);
  assert.deepEqual(knee, { held: 6_000, broke: 6_500 });
});

test("a target that holds nothing has no knee, only a lowest rate that broke", async () => {
  const { knee, tried } = await search(0);
  assert.deepEqual(tried, [10_000, 7_500, 5_000, 2_500]);
  assert.deepEqual(knee, { held: undefined, broke: 2_500 });
});

test("a target that holds everything is held at the most, and nothing broke", async () => {
  const { knee, tried } = await search(1e9, { most: 15_000 });
  assert.deepEqual(tried, [10_000, 12_500, 15_000]);
  assert.deepEqual(knee, { held: 15_000, broke: undefined });
});

test("whatever the limit and the steps: held is within, broken above, both as near as asked, and none is tried twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 1, max: 80 }).map((n) => n * 500),
      fc.integer({ min: 1, max: 20 }).map((n) => n * 500),
      async (limit, from, step) => {
        const { knee, tried } = await search(limit, { from, step });
        const { held, broke } = knee;
        assert.equal(new Set(tried).size, tried.length);
        assert.ok(tried.every((rate) => rate > 0 && rate <= STEPS.most && rate % 500 === 0));
        if (held !== undefined) assert.ok(held <= limit);
        if (broke !== undefined) assert.ok(broke > limit);
        if (held !== undefined && broke !== undefined) assert.equal(broke - held, 500);
        else if (held === undefined) assert.ok(limit < step || from > STEPS.most);
        else assert.ok(held > STEPS.most - step);
      },
    ),
  );
});

test("steps that are no multiples of the nearness end nearer than that", async () => {
  const { knee, tried } = await search(10_700, { from: 10_100, step: 700 });
  assert.deepEqual(tried, [10_100, 10_800, 10_600]);
  assert.deepEqual(knee, { held: 10_600, broke: 10_800 });
});

test("chance: of the rates that were tried, none above the answer was held", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (luck) => {
      const results = new Map<number, boolean>();
      const { held } = await findKnee(STEPS, async (rate) => {
        const held = luck[results.size] ?? false;
        results.set(rate, held);
        return held;
      });
      const best = [...results].filter(([, did]) => did).map(([rate]) => rate);
      assert.equal(held, best.length === 0 ? undefined : Math.max(...best));
    }),
  );
});
