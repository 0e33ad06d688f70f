/** The bundles work with stock k6 alone: no plimsoll, no windows output, k6's own thresholds gate. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { ROOT } from "../plimsoll.ts";
import { startTarget } from "../start-target.ts";
import { onlyTooSlowForK6 } from "../too-slow.ts";
import { stockK6 } from "./stock-k6.ts";

async function up(t: TestContext, ...flags: string[]): Promise<Record<string, string>> {
  return startTarget(t, "connector", "--port-base", "0", ...flags);
}

function k6(
  scenario: string,
  env: Record<string, string>,
): Promise<{ exitCode: number | null; output: string }> {
  const pairs = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const child = spawn(stockK6(), ["run", "--quiet", ...pairs, join(ROOT, "dist", `${scenario}.js`)], {
    env: { ...process.env, K6_NO_USAGE_REPORT: "true" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => child.once("close", (exitCode) => resolve({ exitCode, output })));
}

test("it is k6 without our output, of the version that ours is built from", {
  skip: process.env.K6_BIN ? "NOT RUN: K6_BIN names another" : false,
}, () => {
  const told = (args: readonly string[]) =>
    spawnSync(stockK6(), args, { encoding: "utf8", input: "export default function () {}" });
  assert.match(told(["run", "--out", "windows=-", "-"]).stderr, /invalid output type 'windows'/);
  const goMod = readFileSync(join(ROOT, "build", "k6", "go.mod"), "utf8");
  const [, required] = /go\.k6\.io\/k6\/v2 (v\S+)/.exec(goMod) ?? [];
  assert.match(told(["version"]).stdout, new RegExp(`^k6-stock ${required} `));
});

const SHORT = { PROFILE: "smoke", SECONDS: "5", VUS: "20" };

test("k6 run dist/soak.js sends packets and has each fulfilled once; its latency is this machine's to hold", async (t) => {
  const { ilp } = await startTarget(t, "ilp", "--port-base", String(await freeBase()));
  const { exitCode, output } = await k6("soak", {
    PROFILE: "smoke",
    SECONDS: "5",
    RATE: "200",
    BASE_URL: ilp as string,
  });
  // 5 s, and 3 s of warm-up at the same rate.
  assert.match(output, /packets\.*: 1600 /, output);
  assert.match(output, /packets_fulfilled\.*: 1600 /, output);
  assert.ok(exitCode === 0 || onlyTooSlowForK6(exitCode, output), output);
});

test("k6 run dist/chain.js sees every event of five nodes, and without their hub it does not pass", async (t) => {
  const base = await freeBase();
  const { ilp } = await startTarget(t, "ilp", "--nodes", "5", "--port-base", String(base));
  const settings = { PROFILE: "smoke", SECONDS: "4", BASE_URL: ilp as string };
  const { exitCode, output } = await k6("chain", { ...settings, HUB: `ws://127.0.0.1:${base + 6_000}` });
  assert.match(output, /telemetry_complete\.*: 100\.00% 500 out of 500/, output);
  assert.ok(exitCode === 0 || onlyTooSlowForK6(exitCode, output), output);
  const alone = await k6("chain", { ...settings, HUB: "ws://127.0.0.1:1" });
  assert.equal(alone.exitCode, 99, alone.output);
  assert.match(alone.output, /there is no telemetry hub at ws:/);
  assert.match(
    alone.output,
    /thresholds on metrics 'heartbeat\{phase:hold\}, telemetry_delay\{phase:hold\}' have been crossed/,
  );
});

for (const [scenario, { target }] of Object.entries(SCENARIOS)) {
  if (target !== "connector") continue;
  test(`k6 run dist/${scenario}.js holds on a healthy target, but for what this machine is too slow for`, async (t) => {
    const urls = await up(t);
    const VARIANTS = Object.entries(urls)
      .map(([name, url]) => `${name}=${url}`)
      .join(",");
    const open = SCENARIOS[scenario]?.profiles.smoke.load.model === "open";
    const { VUS: _, ...openSettings } = SHORT;
    const settings = open ? { ...openSettings, RATE: "240" } : SHORT;
    let { exitCode, output } = await k6(scenario, { ...settings, VARIANTS });
    // A machine that stood still for a moment costs arrivals as well; once more.
    if (exitCode === 99 && !onlyTooSlowForK6(exitCode, output))
      ({ exitCode, output } = await k6(scenario, { ...settings, VARIANTS }));
    assert.ok(exitCode === 0 || onlyTooSlowForK6(exitCode, output), output);
    assert.match(output, /greeted|checks_succeeded/);
  });
}

test("k6 exits 99 when an SLA is crossed", async (t) => {
  const urls = await up(t, "--fault", "error-rate=30%", "--variants", "full");
  const { exitCode, output } = await k6("stress", { ...SHORT, BASE_URL: urls.full as string });
  assert.equal(exitCode, 99, output);
});

test("k6 exits 99 when nothing answers: the guard count>0 and the errors both fail", async () => {
  const { exitCode, output } = await k6("stress", { ...SHORT, BASE_URL: "http://127.0.0.1:1" });
  assert.equal(exitCode, 99, output);
  assert.ok((output.match(/request failed/g) ?? []).length <= 5, "a dead target does not flood the terminal");
});

test("a wrong PROFILE is told in one sentence", async () => {
  const { exitCode, output } = await k6("stress", { PROFILE: "gigantic" });
  assert.equal(exitCode, 107);
  assert.match(output, /PROFILE is \\?"smoke\\?" or \\?"full\\?", not \\?"gigantic\\?"/);
});
