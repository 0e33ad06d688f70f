import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "./ab-schema.ts";
import type { Tried } from "./kept-trials.ts";
import { exitCodeOf, mixed, powerTable, promises, provenance } from "./power-table.ts";

const made = {
  settings: { ms: 5, rate: 50, seconds: 120, band: 0.05 },
  machine: "Some CPU, 2 cores, linux x64",
  commit: "0123456",
};

const tries = (n: number, slowerPercent: number, verdict: Verdict, seconds: number): Tried[] =>
  Array.from({ length: n }, () => ({ slowerPercent, verdict, seconds, ...made }));

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

const TOO_FEW = "not enough trials to say";

/** What becomes of: no false alarm; +10 % is found. */
const kept = (...all: Tried[][]) => promises(all.flat()).map(({ kept }) => kept);

test("no false alarm is promised of 40 trials, and one breaks it however few there are", () => {
  assert.deepEqual(kept(tries(39, 0, "same", 60)), [TOO_FEW, TOO_FEW]);
  assert.deepEqual(kept(tries(40, 0, "same", 60)), ["kept", TOO_FEW]);
  assert.deepEqual(kept(tries(39, 0, "same", 60), tries(1, 0, "faster", 60)), ["NOT KEPT", TOO_FEW]);
  assert.deepEqual(kept(tries(3, 0, "same", 60), tries(1, 0, "slower", 60)), ["NOT KEPT", TOO_FEW]);
  assert.deepEqual(kept(tries(39, 0, "same", 60), tries(1, 0, "fail", 60)), ["NOT KEPT", TOO_FEW]);
});

test("+10 % is promised to be found in 9 of 10 of at least 20 trials, each in time", () => {
  assert.deepEqual(kept(tries(19, 10, "slower", 60)), [TOO_FEW, TOO_FEW]);
  assert.deepEqual(kept(tries(18, 10, "slower", 60), tries(2, 10, "same", 60)), [TOO_FEW, "kept"]);
  assert.deepEqual(kept(tries(17, 10, "slower", 60), tries(3, 10, "slower", 200)), [TOO_FEW, "NOT KEPT"]);
});

test("a trial that measured nothing found no +10 %, and says nothing of the same build", () => {
  assert.deepEqual(kept(tries(18, 10, "slower", 60), tries(3, 10, "no-data", 3)), [TOO_FEW, "NOT KEPT"]);
  assert.deepEqual(kept(tries(39, 0, "same", 60), tries(1, 0, "no-data", 3)), [TOO_FEW, TOO_FEW]);
});

test("only promises that are kept exit 0", () => {
  const code = (...all: Tried[][]) => exitCodeOf(promises(all.flat()));
  assert.equal(code(tries(40, 0, "same", 60), tries(20, 10, "slower", 60)), 0);
  assert.equal(code(tries(40, 0, "same", 60), tries(20, 10, "same", 60)), 1);
  assert.equal(code(tries(1, 0, "slower", 60)), 1);
  assert.equal(code(tries(40, 0, "same", 60)), 4);
  assert.equal(code(), 4);
});

test("the table's head tells how many trials each machine and commit made", () => {
  const [a, b] = [tries(2, 0, "same", 60), tries(1, 10, "slower", 60)];
  const elsewhere = { ...b[0]!, machine: "Other CPU, 8 cores, linux arm64" };
  assert.equal(
    provenance([...a, elsewhere, { ...b[0]!, commit: "89abcde and changes" }, ...b]),
    "3 trials: Some CPU, 2 cores, linux x64, commit 0123456\n" +
      "1 trial: Other CPU, 8 cores, linux arm64, commit 0123456\n" +
      "1 trial: Some CPU, 2 cores, linux x64, commit 89abcde and changes",
  );
});

test("trials that were made before are not made again", () => {
  const wanted = new Map([
    [0, 4],
    [10, 2],
  ]);
  assert.deepEqual(mixed(wanted, [...tries(3, 0, "same", 60), ...tries(2, 10, "slower", 60)]), [0]);
  assert.deepEqual(mixed(wanted, tries(9, 0, "same", 60)), [10, 10]);
  // What measured nothing is made again where it says nothing; where it counts as not found, a second try would hide it.
  assert.deepEqual(
    mixed(wanted, [...tries(4, 0, "no-data", 3), ...tries(2, 10, "no-data", 3)]),
    [0, 0, 0, 0],
  );
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
