/** The scenarios of packets against the bundled connector: what k6, the connector and its ledger counted is one number. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { runScenario } from "../plimsoll.ts";

describe("packets", { concurrency: 2 }, () => {
  for (const [scenario, rate, seconds, sent] of [
    // 3 s of warm-up at the rate itself, or one where there are but 2 s for it.
    ["soak", 300, 4, 300 * 3 + 300 * 4],
    ["latency-ladder", 300, 6, 300 * 3 + 30 * 2 + 150 * 2 + 300 * 2],
    ["burst", 300, 12, 300 + 30 * 2 + 300 * 2.5 + 30 * 7.5],
  ] as const) {
    test(`${scenario}: ${sent} packets are sent, answered, counted by the connector and paid by its ledger`, async (t) => {
      const base = String(await freeBase());
      const flags = ["--rate", String(rate), "--seconds", String(seconds), "--port-base", base];
      const { run, stderr } = await runScenario(t, scenario, ...flags);
      const books = run.findings.conservation;
      assert.ok(books, stderr);
      assert.deepEqual([books.differences, books.silent, books.rejected, books.timedOut], [[], [], 0, 0]);
      assert.equal(books.sent, sent);
      assert.deepEqual(books.connectors, {
        A: {
          received: sent,
          fulfilled: sent,
          rejected: 0,
          paidUnits: sent * 100,
          heldUnits: 0,
          imbalanceUnits: 0,
        },
      });
      const states = new Map(run.sla.map(({ id, state }) => [id, state]));
      for (const id of ["failed", "unexpected", "conservation", "achieved"])
        assert.equal(states.get(id), "pass", id);
      if (scenario === "latency-ladder")
        assert.deepEqual(
          run.findings.ladder?.rungs.map((rung) => rung.rate),
          [30, 150, 300],
        );
      if (scenario === "soak") assert.ok((run.target.members?.A?.heapBytes?.max ?? 0) > 1e6);
    });
  }
});
