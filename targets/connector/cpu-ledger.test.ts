import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cpuLedger, processCpuUs, STARTUP_ACCOUNT } from "./cpu-ledger.ts";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { post, scrape } from "./testing/requests.ts";

test("what was consumed since the last change goes to the account before it", () => {
  let us = 100;
  const ledger = cpuLedger(() => us);
  ledger.enter("a");
  us = 130;
  ledger.enter("a");
  us = 150;
  ledger.enter("b");
  us = 155;
  ledger.enter("a");
  us = 160;
  assert.deepEqual(Object.fromEntries(ledger.balances()), { [STARTUP_ACCOUNT]: 100, a: 55, b: 5 });
  us = 161;
  assert.equal(ledger.balances().get("a"), 56, "settled again on every look");
});

test("whatever the order of changes, the balances sum to the clock", () => {
  const step = fc.record({ account: fc.constantFrom("a", "b", "c"), us: fc.nat(1000), look: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let us = 0;
      const ledger = cpuLedger(() => us);
      for (const { account, us: spent, look } of steps) {
        us += spent;
        ledger.enter(account);
        if (look) ledger.balances();
      }
      const sum = [...ledger.balances().values()].reduce((total, value) => total + value, 0);
      assert.equal(sum, us);
    }),
  );
});

test("the clock is read only when the account changes", () => {
  let reads = 0;
  const ledger = cpuLedger(() => ++reads);
  for (let i = 0; i < 1000; i++) ledger.enter("a");
  assert.equal(reads, 1);
});

test("the real clock counts this process's CPU time", () => {
  const before = processCpuUs();
  while (processCpuUs() - before < 20_000);
  const { user, system } = process.cpuUsage();
  assert.ok(user + system - before >= 20_000);
});

test("in the real process the accounts sum to its CPU time, and load is charged to its variant", async () => {
  await using connector = await startConnectorProcess("--variants", "full,none", "--log-level", "silent");
  const { admin, urls } = connector.ready;
  const cpuSum = async () => {
    const samples = [...(await scrape(admin))].filter(([name]) =>
      name.startsWith("connector_cpu_seconds_total"),
    );
    return { sum: samples.reduce((total, [, value]) => total + value, 0), of: new Map(samples) };
  };
  const load = async (url = "") => {
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 20 }, () => post(url, '{"name":"Ada"}')));
  };
  const account = (name: string) => `connector_cpu_seconds_total{variant="${name}"}`;

  const start = await cpuSum();
  await load(urls.none);
  const afterNone = await cpuSum();
  await load(urls.full);
  const afterFull = await cpuSum();

  const grown = (name: string, from: typeof start, to: typeof start) =>
    (to.of.get(account(name)) ?? 0) - (from.of.get(account(name)) ?? 0);
  assert.ok(grown("none", start, afterNone) > 0.01, "400 requests cost something");
  assert.equal(grown("full", start, afterNone), 0);
  assert.ok(grown("full", afterNone, afterFull) > 0.01);
  // Of the whole, only what admin requests cost went elsewhere while one variant was loaded.
  assert.equal(grown("startup", afterNone, afterFull), 0);
  const total = afterNone.sum - start.sum;
  const charged =
    grown("none", start, afterNone) + grown("admin", start, afterNone) + grown("startup", start, afterNone);
  assert.ok(Math.abs(total - charged) < 1e-6);

  if (process.platform === "linux") {
    const { readFileSync } = await import("node:fs");
    // Fields 14 and 15 of proc(5) stat: user and system time in ticks of 10 ms.
    const ticks = () => {
      const fields =
        readFileSync(`/proc/${connector.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    };
    const before = ticks();
    const { sum } = await cpuSum();
    const after = ticks();
    assert.ok(sum >= before - 0.03 && sum <= after + 0.03, `${before} <= ${sum} <= ${after}`);
  }
});
