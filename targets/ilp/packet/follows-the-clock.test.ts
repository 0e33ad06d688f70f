import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf, prepare } from "./testing/path-between.ts";

const HOUR_MS = 3_600_000;
/** Less than packets live, because the ledger's thread has a clock of its own, which this test does not set. */
const BACK_MS = 15_000;

test("a clock that is set, forth or back, is what packets expire by, and nothing else is measured with it", async (t) => {
  const systemMs = Date.now;
  const monotonicMs = performance.now.bind(performance);
  let setByMs = 0;
  let passedMs = 0;
  t.mock.method(Date, "now", () => systemMs() + setByMs);
  t.mock.method(performance, "now", () => monotonicMs() + passedMs);
  const node = await pathOf(t);
  let n = 0;
  for (const byMs of [0, HOUR_MS, -BACK_MS]) {
    // The packet before is on its way while the clock is set.
    node.receive(++n, prepare(n));
    setByMs = byMs;
    passedMs += 200;
    node.receive(++n, prepare(n));
    node.receive(++n, prepare(n, { expiresInMs: -1 }));
    const answers = await node.answers();
    assert.deepEqual(
      [n - 2, n - 1, n].map((each) => answers.get(each)),
      [["paid"], ["paid"], ["R00 test.a"]],
      `by ${byMs} ms`,
    );
  }
  const { max, sum } = node.path.latencyMs.fulfilled.read();
  assert.ok(sum > 0 && max < 60_000, `answered within ${max} ms`);
  assert.equal(node.alice.checks.holds.share, 1);
});
