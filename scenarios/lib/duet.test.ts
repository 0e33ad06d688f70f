import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SCENARIOS } from "../plans.ts";
import { buildAt, duetFromEnvironment, duetPlan } from "./duet.ts";
import { peakOf } from "./plan.ts";

test("arrivals alternate, and change places every half of a second", () => {
  const order = Array.from({ length: 20 }, (_, n) => buildAt(n, 4)).join("");
  assert.equal(order, "ababbabaababbabaabab");
});

test("both builds get the same number of requests over every half of a second, whatever the rate", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(40), (rate, half) => {
      const each = Math.max(1, Math.round(rate / 2));
      const some = Array.from({ length: 2 * each }, (_, i) => buildAt(half * 2 * each + i, rate));
      assert.equal(some.filter((build) => build === "a").length, each);
      // Over two halves each goes first as often as the other.
      assert.notEqual(buildAt(half * 2 * each, rate), buildAt((half + 1) * 2 * each, rate));
    }),
  );
});

test("every scenario of the HTTP connector has a duet at a constant rate, no other has", () => {
  for (const { name, target } of Object.values(SCENARIOS)) {
    const plan = duetPlan({ scenario: name, rate: 30, seconds: 9 });
    if (target !== "connector") assert.equal(plan, undefined, name);
    else {
      assert.ok(plan && plan.load.model === "open" && plan.blocks === undefined);
      assert.deepEqual([plan.load.from, peakOf(plan.load)], [60, 60]);
      assert.equal(plan.variant, SCENARIOS[name]?.variant);
    }
  }
  assert.equal(duetPlan({ scenario: "soap", rate: 30, seconds: 9 }), undefined);
});

test("a script reads its duet from -e pairs, and says in a line what is missing", () => {
  const env = { SCENARIO: "stress", RATE: "20", SECONDS: "5", BUILDS: "a=http://h:1/,b=http://h:2" };
  const { plan, rate, urls } = duetFromEnvironment(env);
  assert.deepEqual([plan.scenario, rate, urls], ["duet", 20, { a: "http://h:1", b: "http://h:2" }]);
  for (const [wrong, says] of [
    [{ ...env, RATE: "x" }, /^RATE is a whole number/],
    [{ ...env, SECONDS: "0" }, /^SECONDS is a whole number/],
    [{ ...env, SCENARIO: "soak" }, /^soak is no scenario of the HTTP connector$/],
    [{ ...env, BUILDS: "a=http://h:1" }, /^BUILDS names no b: -e BUILDS/],
    [{ ...env, BUILDS: undefined }, /^BUILDS names no a/],
  ] as const)
    assert.throws(
      () => duetFromEnvironment(wrong),
      ({ message }: Error) => says.test(message),
    );
});
