/** A connector that was there before: told where, as whom, to whom, and with which secret. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { targetProgram } from "../bench/paths.ts";
import { runScenario } from "./plimsoll.ts";

const PORT_BASE = 33_200;

/** Starts the bundled network and knows no more of it than an address. */
async function connector(t: TestContext): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [...targetProgram("ilp"), "--port-base", String(PORT_BASE)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, url: (JSON.parse(line) as { urls: { ilp: string } }).urls.ilp };
  }
  throw new Error("the network ended before it was ready");
}

test("soak --url aims at a connector of one's own, and judges what can be seen from outside", async (t) => {
  const { url, child } = await connector(t);
  const soak = (...told: string[]) =>
    runScenario(
      t,
      "soak",
      "--url",
      url,
      "--seconds",
      "5",
      "--rate",
      "200",
      ...told.flatMap((pair) => ["-e", pair]),
    );
  const rightly = ["TOKEN=alice-token", "DESTINATION=test.a.bob", "SECRET=plimsoll"];

  await t.test("every packet is fulfilled", async () => {
    const { run } = await soak(...rightly);
    const states = Object.fromEntries(run.sla.map(({ id, state }) => [id, state]));
    assert.deepEqual(
      [states.failed, states.unexpected, states.conservation, states.achieved],
      Array(4).fill("pass"),
    );
    assert.deepEqual(
      [states["connector-heap"], states["connector-cpu"]],
      ["not-applicable", "not-applicable"],
    );
    assert.equal(run.findings.conservation?.fulfilled, run.findings.conservation?.sent);
    assert.deepEqual(run.findings.conservation?.connectors, {});
  });

  await t.test("a wrong secret: nothing is fulfilled, and the Reject is told", async () => {
    const { run, exitCode } = await soak("TOKEN=alice-token", "DESTINATION=test.a.bob", "SECRET=wrong");
    assert.equal(exitCode, 99);
    assert.equal(run.findings.conservation?.rejected, run.findings.conservation?.sent);
    assert.match(run.generator.complaints?.[0] ?? "", /^a packet was not fulfilled: F05 .* \(test\.a\)$/);
  });

  await t.test("a wrong token: nothing is sent, so nothing is judged", async () => {
    const { run, exitCode } = await soak("TOKEN=wrong", ...rightly.slice(1));
    assert.equal(exitCode, 4);
    assert.equal(run.verdict, "no-data");
    assert.match(
      run.generator.complaints?.[0] ?? "",
      /^the link to ws:.* did not come up, .* our token\? .*1008/,
    );
  });

  await t.test("it ends in the middle: what was due from then on was not achieved", async () => {
    // 4 s of warm-up, 1 s to connect, and then some of the 5 s of load.
    const end = setTimeout(() => child.kill("SIGTERM"), 8_000);
    const { run, exitCode } = await soak(...rightly);
    clearTimeout(end);
    assert.equal(exitCode, 99);
    assert.equal(run.sla.find(({ id }) => id === "achieved")?.state, "fail");
    assert.equal(
      run.findings.conservation?.unaccounted,
      0,
      "even so each packet that was sent is in the books",
    );
    assert.match(run.generator.complaints?.[0] ?? "", /^the link to ws:.* is down: /);
  });
});
