import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../../scenarios/plans.ts";
import { afterSnapshot, stretchesOf } from "./stretches.ts";

const of = (scenario: string, profile: "smoke" | "full", seconds?: number) =>
  stretchesOf(plan(scenario, profile, seconds === undefined ? {} : { seconds })!);

for (const [scenario, profile, from, to] of [
  // From the first request: warm-up, then what comes before the hold.
  ["basic-load", "smoke", 2 + 4, 2 + 4 + 18],
  ["basic-load", "full", 10 + 30, 10 + 30 + 360],
  ["soak", "smoke", 4, 4 + 25],
  ["interceptor-overhead", "smoke", 2, 2 + 24],
] as const) {
  test(`${scenario} ${profile}: all of it while the load holds, with the sampler on for most of the time`, () => {
    const at = of(scenario, profile);
    assert.ok(at.firstSnapshotAt > from, `${at.firstSnapshotAt} > ${from}`);
    assert.ok(at.plainFrom > at.firstSnapshotAt + 3, "a snapshot takes a while");
    assert.ok(at.profileFrom > at.plainFrom + 2, "there is something to compare with");
    assert.ok(at.profileTo > at.profileFrom + 5);
    assert.ok(at.profileTo <= Math.min(to - 3, at.profileFrom + 60), `${at.profileTo} is before ${to}`);
  });
}

test("a load that only rises is profiled in its longest stage", () => {
  const { firstSnapshotAt, profileTo } = of("stress", "full");
  assert.ok(profileTo > firstSnapshotAt + 20);
});

test("a load too short is wrong usage that says what to do", () => {
  assert.throws(() => of("basic-load", "smoke", 8), {
    code: "USAGE",
    message: "no stage of basic-load lasts 14 s: make it longer with --seconds, or take --profile full",
  });
});

test("a first snapshot that takes longer than was planned is in no stretch: what is left is shared out anew", () => {
  const planned = of("basic-load", "smoke");
  assert.deepEqual(afterSnapshot(planned, planned.firstSnapshotAt + 3), planned);
  const late = afterSnapshot(planned, planned.firstSnapshotAt + 6);
  assert.ok(late && late.plainFrom >= planned.firstSnapshotAt + 6, "no work of the snapshot is in it");
  assert.equal(late.profileTo, planned.profileTo);
  const [plain, sampled] = [late.profileFrom - late.plainFrom, late.profileTo - late.profileFrom];
  assert.ok(Math.abs(sampled - 2 * plain) < 1e-9, `${plain} s without the sampler, ${sampled} s with it`);
  assert.equal(afterSnapshot(planned, planned.profileTo - 3), undefined);
});
