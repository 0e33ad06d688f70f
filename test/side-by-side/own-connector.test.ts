/** A connector that was there before: told where, as whom, to whom, and with which secret. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { targetProgram } from "../../bench/paths.ts";
import type { Run } from "../../bench/results/run-schema.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { onlyRun, resultsFolder, runScenario, said, start } from "../plimsoll.ts";

/** Starts the bundled network and knows no more of it than an address. */
async function connector(t: TestContext): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [...targetProgram("ilp"), "--exit-with-parent", "--port-base", String(await freeBase())],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, url: (JSON.parse(line) as { urls: { ilp: string } }).urls.ilp };
  }
  throw new Error("the network ended before it was ready");
}

/** 99, or on a machine so busy that k6 sent late as well, 4; never 0. */
function failed(run: Run, exitCode: number | null): void {
  assert.equal(exitCode, run.generator.healthy ? 99 : 4, run.reasons.join("; "));
}

test("soak --url aims at a connector of one's own, and judges what can be seen from outside", {
  concurrency: true,
}, async (t) => {
  const { url, child } = await connector(t);
  const soak = (...told: string[]) =>
    runScenario(
      t,
      "soak",
      "--url",
      url,
      "--seconds",
      "3",
      "--rate",
      "200",
      ...told.flatMap((pair) => ["-e", pair]),
    );
  const rightly = ["TOKEN=alice-token", "DESTINATION=test.a.bob", "SECRET=plimsoll"];

  const fulfilled = t.test("every packet is fulfilled", async () => {
    const { run } = await soak(...rightly);
    const states = Object.fromEntries(run.sla.map(({ id, state }) => [id, state]));
    assert.deepEqual([states.failed, states.unexpected, states.achieved], Array(3).fill("pass"));
    assert.deepEqual(
      [states["connector-heap"], states["connector-cpu"], states.conservation],
      Array(3).fill("not-applicable"),
    );
    assert.equal(run.findings.conservation?.fulfilled, run.findings.conservation?.sent);
    assert.deepEqual(run.findings.conservation?.connectors, {});
  });

  const wrongSecret = t.test("a wrong secret: nothing is fulfilled, and the Reject is told", async () => {
    const { run, exitCode } = await soak("TOKEN=alice-token", "DESTINATION=test.a.bob", "SECRET=wrong");
    failed(run, exitCode);
    assert.equal(run.sla.find(({ id }) => id === "failed")?.state, "fail");
    assert.equal(run.findings.conservation?.rejected, run.findings.conservation?.sent);
    assert.match(run.generator.complaints?.[0] ?? "", /^a packet was not fulfilled: F05 .* \(test\.a\)$/);
  });

  const wrongToken = t.test("a wrong token: nothing is sent, so nothing is judged", async () => {
    const { run, exitCode } = await soak("TOKEN=wrong", ...rightly.slice(1));
    assert.equal(exitCode, 4);
    assert.equal(run.verdict, "no-data");
    assert.match(
      run.generator.complaints?.[0] ?? "",
      /^the link to ws:.* did not come up, .* our token\? .*1008/,
    );
  });

  await Promise.all([fulfilled, wrongSecret, wrongToken]);
  await t.test("it ends in the middle: what was due from then on was not achieved", async () => {
    const out = resultsFolder(t);
    const told = rightly.flatMap((pair) => ["-e", pair]);
    const args = [
      "--profile",
      "smoke",
      "--url",
      url,
      "--seconds",
      "8",
      "--rate",
      "200",
      "--out",
      out,
      ...told,
    ];
    const { child: run, outcome } = start(t, ["run", "soak", ...args]);
    await said(run, / hold: /);
    child.kill("SIGTERM");
    const ended = await outcome;
    const { run: left } = onlyRun(out, ended);
    failed(left, ended.exitCode);
    assert.equal(left.sla.find(({ id }) => id === "achieved")?.state, "fail");
    assert.equal(
      left.findings.conservation?.unaccounted,
      0,
      "even so each packet that was sent is in k6's books",
    );
    // What was under way may be answered with a BTP Error first.
    assert.match(left.generator.complaints?.join("\n") ?? "", /^the link to ws:.* is down: /m);
  });
});
