import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "./ab-schema.ts";
import { mixed, powerTable, promises, type Tried } from "./power-table.ts";

const tries = (n: number, slowerPercent: number, verdict: Verdict, seconds: number): Tried[] =>
  Array.from({ length: n }, () => ({ slowerPercent, verdict, seconds }));

test("the table counts verdicts by difference, and tells the times", () => {
  const all = [
    ...tries(3, 10, "slower", 50),
    ...tries(1, 10, "inconclusive", 118),
    ...tries(2, 0, "same", 70),
    ...tries(1, 0, "no-data", 3),
  ];
  const [, , same, ten, ...more] = powerTable(all).split("\n");
  assert.equal(same, "| the same build | 0 of 3 | 0 of 3 | 2 of 3 | 0 of 3 | 1 | 1 min 10 s | 1 min 10 s |");
  assert.equal(ten, "| +10 % | 3 of 4 | 0 of 4 | 0 of 4 | 1 of 4 | 0 | 50.0 s | 1 min 58 s |");
  assert.deepEqual(more, []);
});

test("a promise is kept by enough trials only, and broken by one false alarm", () => {
  const kept = (all: Tried[]) => promises(all).map(({ kept }) => kept);
  assert.deepEqual(kept(tries(39, 0, "same", 60)), []);
  assert.deepEqual(kept(tries(40, 0, "same", 60)), [true]);
  assert.deepEqual(kept([...tries(39, 0, "same", 60), ...tries(1, 0, "faster", 60)]), [false]);
  assert.deepEqual(kept(tries(19, 10, "same", 60)), []);
  assert.deepEqual(kept([...tries(18, 10, "slower", 60), ...tries(2, 10, "same", 60)]), [true]);
  assert.deepEqual(kept([...tries(17, 10, "slower", 60), ...tries(3, 10, "slower", 200)]), [false]);
});

test("a trial that measured nothing keeps no promise, and a build that fails beside itself breaks one", () => {
  assert.deepEqual(promises(tries(40, 0, "no-data", 60)), []);
  assert.deepEqual(promises(tries(20, 10, "no-data", 60)), []);
  assert.deepEqual(promises([...tries(39, 0, "same", 60), ...tries(1, 0, "fail", 60)])[0]?.kept, false);
});

test("trials that were made before are not made again", () => {
  const wanted = new Map([
    [0, 4],
    [10, 2],
  ]);
  assert.deepEqual(mixed(wanted, [...tries(3, 0, "same", 60), ...tries(2, 10, "slower", 60)]), [0]);
  assert.deepEqual(mixed(wanted, tries(9, 0, "same", 60)), [10, 10]);
});

test("trials of all differences are spread over the whole time", () => {
  const order = mixed(
    new Map([
      [0, 40],
      [10, 20],
    ]),
  );
  assert.equal(order.length, 60);
  for (let i = 0; i + 6 <= 60; i += 6)
    assert.equal(order.slice(i, i + 6).filter((effect) => effect === 10).length, 2);
});
