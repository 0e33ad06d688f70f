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

/** One that is not held is tried twice, and so is the answer, at the end. */
const twice = (rate: number) => [rate, rate];

test("up in steps, then halving what is between, to 500, then the answer once more", async () => {
  const { knee, tried } = await search(16_700);
  assert.deepEqual(tried, [
    ...[10_000, 12_500, 15_000, ...twice(17_500), 16_000, 16_500],
    ...[...twice(17_000), 16_500],
  ]);
  assert.deepEqual(knee, { held: 16_500, broke: 17_000 });
});

test("down where the first rate is not held", async () => {
  const { knee, tried } = await search(6_000);
  assert.deepEqual(tried, [...twice(10_000), ...twice(7_500), 5_000, 6_000, ...twice(6_500), 6_000]);
  assert.deepEqual(knee, { held: 6_000, broke: 6_500 });
});

test("a target that holds nothing has no knee, only a lowest rate that broke", async () => {
  const { knee, tried } = await search(0);
  assert.deepEqual(tried, [10_000, 7_500, 5_000, 2_500].flatMap(twice));
  assert.deepEqual(knee, { held: undefined, broke: 2_500 });
});

test("a target that holds everything is held at the most, and nothing broke", async () => {
  const { knee, tried } = await search(1e9, { most: 15_000 });
  assert.deepEqual(tried, [10_000, 12_500, ...twice(15_000)]);
  assert.deepEqual(knee, { held: 15_000, broke: undefined });
});

test("whatever the limit and the steps: held is within, broken above, both as near as asked, and none is tried three times", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: 1, max: 80 }).map((n) => n * 500),
      fc.integer({ min: 1, max: 20 }).map((n) => n * 500),
      async (limit, from, step) => {
        const { knee, tried } = await search(limit, { from, step });
        const { held, broke } = knee;
        for (const rate of tried) assert.ok(tried.filter((each) => each === rate).length <= 2);
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
  assert.deepEqual(tried, [10_100, ...twice(10_800), 10_600, 10_600]);
  assert.deepEqual(knee, { held: 10_600, broke: 10_800 });
});

/** Searches a target that holds whenever it likes; of each rate, in how many tries it held, and in how many not. */
async function chance(luck: readonly boolean[]) {
  const rates = new Map<number, { held: number; failed: number }>();
  let attempts = 0;
  const knee = await findKnee(STEPS, async (rate) => {
    const held = luck[attempts++] ?? false;
    const { held: yes, failed: no } = rates.get(rate) ?? { held: 0, failed: 0 };
    rates.set(rate, held ? { held: yes + 1, failed: no } : { held: yes, failed: no + 1 });
    return held;
  });
  return { knee, rates, attempts };
}

test("an answer that held once by luck is not one: the next lower is tried until it holds in 2 of 3", async () => {
  // Up to 17,500 which breaks; 16,000 breaks as well; 15,500 held once, and then failed twice.
  const [up, luck] = [
    [true, true, true, false, false, false, false],
    [true, false, false],
  ];
  const { knee, rates } = await chance([...up, ...luck, true]);
  assert.deepEqual(rates.get(15_500), { held: 1, failed: 2 });
  assert.deepEqual(rates.get(15_000), { held: 2, failed: 0 });
  assert.deepEqual(knee, { held: 15_000, broke: 15_500 });
});

test("an answer that failed once of three is one", async () => {
  const { knee, rates } = await chance([true, false, false, false, false, false, false, false, true]);
  assert.deepEqual(rates.get(10_000), { held: 2, failed: 1 });
  assert.deepEqual(knee, { held: 10_000, broke: 10_500 });
});

test("the rate that nothing broke above has to hold in 2 of 3 as well", async () => {
  const most = { ...STEPS, most: STEPS.from };
  const luck = [true, false, false, true, true];
  const knee = await findKnee(most, async () => luck.shift() ?? false);
  assert.deepEqual(knee, { held: 9_500, broke: 10_000 });
});

test("chance: the answer held in 2 of 3 tries, what broke did not, and no other rate above held in 2", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), async (luck) => {
      const { knee, rates } = await chance(luck);
      for (const { held, failed } of rates.values())
        assert.ok(held <= 2 && failed <= 2 && held + failed <= 3);
      if (knee.held !== undefined) assert.equal(rates.get(knee.held)?.held, 2);
      if (knee.broke !== undefined) assert.equal(rates.get(knee.broke)?.failed, 2);
      for (const [rate, { held }] of rates) if (rate > (knee.held ?? 0)) assert.ok(held < 2);
    }),
  );
});
