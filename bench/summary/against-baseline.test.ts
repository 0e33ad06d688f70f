import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY } from "../compare/policy.ts";
import { side, times } from "../compare/testing/sides.ts";
import { Failure } from "../failure.ts";
import { againstBaseline } from "./against-baseline.ts";

const before = await side(1);
const after = await side(2, times(1.8));

test("a slower run has a row a metric, with the interval", () => {
  const { said, comparison } = againstBaseline(before, after, DEFAULT_POLICY);
  assert.ok(said.state === "compared" && comparison);
  assert.deepEqual([said.baseline, said.change, said.severity], ["seed-1", "slower", "fail"]);
  const p95 = said.rows.find(({ id }) => id === "latency-p95") ?? assert.fail();
  assert.ok(p95.low < 1.8 && 1.8 < p95.high, `${p95.low} to ${p95.high}`);
});

test("a baseline from another machine is said so, and not compared", () => {
  const elsewhere = { ...before, host: { ...before.host, fingerprint: "elsewhere" } };
  const { said, comparison } = againstBaseline(elsewhere, after, DEFAULT_POLICY);
  assert.equal(comparison, undefined);
  assert.equal(said.state, "other-machine");
  assert.match("why" in said ? said.why : "", /from another machine, .* \(elsewhere\), and is not compared$/);
});

for (const [what, was, is, state, why] of [
  ["no baseline", undefined, after, "none", /^there is no baseline$/],
  ["the baseline itself", before, before, "itself", /^it is the baseline$/],
  ["a run without blocks", before, new Failure("NO_DATA", "too short"), "not-compared", /^too short$/],
  [
    "another load",
    before,
    { ...after, load: { load: {} } },
    "not-compared",
    /put different loads on the target/,
  ],
] as const) {
  test(`${what} is no comparison, and no failure`, () => {
    const { said } = againstBaseline(was, is, DEFAULT_POLICY);
    assert.equal(said.state, state);
    assert.match("why" in said ? said.why : "", why);
  });
}
