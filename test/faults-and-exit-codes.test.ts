/** The promise of the command: for every way a run can go, the exit code a CI job gates on. Real k6, real target. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Run } from "../bench/results/run-schema.ts";
import { FULL_CHAIN } from "../scenarios/plans.ts";
import { onlyRun, plimsoll, resultsFolder, runScenario, said, start } from "./plimsoll.ts";
import { onlyTooSlow } from "./too-slow.ts";

const SECONDS = ["--seconds", "6"];

const TABLE: readonly {
  readonly what: string;
  readonly scenario?: string;
  readonly flags: readonly string[];
  readonly exitCode: number;
  readonly verdicts: readonly string[];
  readonly reason?: RegExp;
  /** What k6 must have told of a failed request. */
  readonly complaint?: RegExp;
}[] = [
  { what: "a healthy target passes", flags: ["--rate", "200"], exitCode: 0, verdicts: ["pass", "warn"] },
  {
    what: "200 ms of added latency crosses the SLA",
    flags: ["--rate", "200", "--fault", "latency=200ms"],
    exitCode: 99,
    verdicts: ["fail"],
    reason: /latency p50 2\d\d ms, limit < 50 ms/,
  },
  {
    what: "10 % errors cross the SLA",
    flags: ["--rate", "200", "--fault", "error-rate=10%"],
    exitCode: 99,
    verdicts: ["fail"],
    reason: /failed requests \d+(\.\d+)? %, limit < 1 %/,
    complaint: /status 500, .*injected fault/,
  },
  {
    what: "a target that never answers fails: the arrivals it blocked are its own fault",
    flags: ["--rate", "200", "--fault", "stall"],
    exitCode: 99,
    verdicts: ["fail"],
    reason: /the target stalled: [\d,]+ arrivals found every VU waiting/,
  },
  {
    what: "a target that dies mid-run fails, with its exit code and last words",
    flags: ["--rate", "200", "--fault", "crash=4s"],
    exitCode: 99,
    verdicts: ["fail"],
    reason: /the target ended with exit code 1 after \d+ s/,
  },
  {
    what: "no requests are no data, not a pass",
    flags: ["--rate", "0"],
    exitCode: 4,
    verdicts: ["no-data"],
    reason: /no request was made/,
  },
  {
    what: "too few VUs for the rate are the generator's fault, not the target's",
    flags: ["--rate", "1000", "--vus", "1"],
    exitCode: 4,
    verdicts: ["invalid"],
    reason: /the generator dropped [\d,]+ arrivals while answers were quick/,
  },
  {
    what: "spike passes on a healthy target",
    scenario: "spike",
    flags: ["--seconds", "20", "--vus", "50"],
    exitCode: 0,
    verdicts: ["pass"],
  },
  {
    what: "a target that stalls again after the spike has not recovered yet: so short a run cannot say more",
    scenario: "spike",
    flags: ["--seconds", "20", "--vus", "50", "--fault", "stall=2900ms@15s"],
    exitCode: 4,
    verdicts: ["no-data"],
    reason: /^undecided: recovery .* not back within the \d+ s that were watched, limit < 30 s$/m,
  },
  {
    what: "stress passes on a healthy target",
    scenario: "stress",
    flags: ["--vus", "20"],
    exitCode: 0,
    verdicts: ["pass"],
  },
  {
    what: "stress fails on errors",
    scenario: "stress",
    flags: ["--vus", "20", "--fault", "error-rate=20%"],
    exitCode: 99,
    verdicts: ["fail"],
    reason: /failed requests \d+(\.\d+)? %, limit < 5 %/,
  },
];

// Two at a time: most of a run is waiting, and what a busy machine spoils is tried again.
describe("how a run goes, and its exit code", { concurrency: 2 }, () => {
  for (const { what, scenario = "basic-load", flags, exitCode, verdicts, reason, complaint } of TABLE) {
    test(`${scenario} ${flags.join(" ")} -> ${exitCode}: ${what}`, async (t) => {
      const all = [...(flags.includes("--seconds") ? [] : SECONDS), ...flags];
      const expected = (run: Run) => verdicts.includes(run.verdict ?? "");
      let sailed = await runScenario(t, scenario, ...all);
      // What says that this machine was too busy to tell is right, and not what is tested here.
      for (let more = 2; more > 0 && !expected(sailed.run) && tooBusy(sailed.run); more--) {
        t.diagnostic(`once more, for: ${sailed.run.reasons.join("; ")}`);
        sailed = await runScenario(t, scenario, ...all);
      }
      const { run, folder, ...outcome } = sailed;
      const found = `verdict ${run.verdict}: ${run.reasons.join("; ")}\n${outcome.stdout}\n${outcome.stderr}`;
      assert.equal(outcome.exitCode, run.exitCode, found);
      if (!expected(run) && isHonest(run, exitCode, reason))
        t.diagnostic(`this machine cannot tell: ${found}`);
      else {
        assert.ok(expected(run), found);
        assert.equal(run.exitCode, exitCode, found);
      }
      assert.equal(run.state, "complete");
      if (reason) assert.match(run.reasons.join("\n"), reason);
      if (complaint) assert.match(run.generator.complaints?.join("\n") ?? "", complaint);
      for (const file of ["report.md", "report.html", "junit.xml", "windows.ndjson", "resources.ndjson"]) {
        assert.ok(existsSync(join(folder, file)), `${file} is there`);
      }
    });
  }
});

/** Whether another run may say more: the generator was the limit, or nothing but speed kept a run from holding. */
function tooBusy(run: Run): boolean {
  return run.verdict === "invalid" || onlyTooSlow(run);
}

/**
 * Whether a run that did not come to what it should, because of this machine, says so and hides nothing: a healthy target
 * was only too slow; of one that was hurt the verdict is `invalid`, and what the fault did is among its reasons all the same.
 */
function isHonest(run: Run, exitCode: number, reason: RegExp | undefined): boolean {
  if (exitCode === 0) return onlyTooSlow(run);
  const { state, verdict, generator } = run;
  if (state !== "complete" || verdict !== "invalid" || run.exitCode !== 4 || generator.healthy) return false;
  return exitCode === 99 && reason !== undefined && reason.test(run.reasons.join("\n"));
}

test("interceptor-overhead gives every interceptor an interval, in latency and in CPU", async (t) => {
  const { run } = await runScenario(t, "interceptor-overhead", "--seconds", "14");
  const { baseline, rows } = run.findings.overhead ?? {};
  assert.ok(baseline && baseline.n > 0 && (baseline.cpuUs ?? 0) > 0);
  assert.deepEqual(
    rows?.map(({ variant }) => variant),
    [...FULL_CHAIN, "full"],
  );
  for (const { variant, n, addedP50Us, addedCpuUs } of rows ?? []) {
    assert.ok(n > 0, variant);
    for (const estimate of [addedP50Us, addedCpuUs]) {
      assert.ok(estimate && estimate.low <= estimate.value && estimate.value <= estimate.high, variant);
      assert.equal(estimate.distinguishable, estimate.low > 0 || estimate.high < 0);
    }
  }
});

test("a dead target's last log lines are in the run", async (t) => {
  const { run } = await runScenario(t, "basic-load", ...SECONDS, "--rate", "100", "--fault", "crash=3s");
  assert.equal(run.target.died?.exitCode, 1);
  assert.match(run.target.died?.lastLog.join("\n") ?? "", /fault: crash/);
});

test("wrong usage is one line and exit code 2, and leaves no results", async (t) => {
  const out = resultsFolder(t);
  for (const args of [
    ["run", "basic-load", "--profle", "smoke"],
    ["run", "basic-load", "--profile", "huge"],
    ["run", "no-such-scenario"],
    ["run", "basic-load", "--rate", "many"],
    ["run", "stress", "--rate", "10"],
    ["run"],
    ["run", "basic-load", "--url", "not a url"],
    ["run", "basic-load", "--fault", "latency=200ms", "--url", "http://127.0.0.1:1"],
    ["report", "no-such-run"],
    ["up", "no-such-target"],
    ["sail"],
  ]) {
    const { exitCode, stderr } = await plimsoll(t, ...args, ...(args[0] === "run" ? ["--out", out] : []));
    assert.equal(exitCode, 2, `${args.join(" ")}: ${stderr}`);
    assert.ok(stderr.trim().split("\n").length <= 2, `one line and a hint: ${stderr}`);
    assert.doesNotMatch(stderr, /\n\s+at /, "no stack");
  }
});

test("Ctrl-C keeps what was measured, marks it, and does not pass", async (t) => {
  const out = resultsFolder(t);
  const { child, outcome } = start(t, [
    ...["run", "basic-load", "--profile", "smoke", "--rate", "100", "--port-base", "0", "--out", out],
  ]);
  await said(child, /basic-load ([5-9]|1\d) s\//);
  child.kill("SIGINT");
  const { exitCode, stderr } = await outcome;
  const { run, folder } = onlyRun(out, { stderr });
  assert.equal(exitCode, 4);
  assert.equal(run.state, "interrupted");
  assert.equal(run.verdict, "invalid");
  assert.match(run.reasons[0] ?? "", /interrupted after \d+ s/);
  assert.ok(readFileSync(join(folder, "windows.ndjson"), "utf8").split("\n").length > 3, "windows are kept");
  assert.ok(run.series.some(({ metric }) => metric === "http_req_duration"));
});

test("Ctrl-C twice kills everything and leaves the run marked as incomplete", async (t) => {
  const out = resultsFolder(t);
  // A server that neither answers nor stops when asked, so that the first Ctrl-C leaves something to wait for.
  const url = `http://127.0.0.1:${await freePort()}`;
  const stubborn = `process.on("SIGTERM",()=>{});require("http").createServer(()=>{}).listen(${new URL(url).port},"127.0.0.1")`;
  const { child, outcome } = start(t, [
    ...["run", "basic-load", "--profile", "smoke", "--rate", "100", "--out", out],
    ...["--url", url, "--target-cmd", `exec "${process.execPath}" -e '${stubborn}'`],
  ]);
  await said(child, /basic-load ([5-9]|1\d) s\//);
  child.kill("SIGINT");
  // What comes within a tenth of a second counts as the same Ctrl-C, passed on by npm and the shell.
  await delay(1_000);
  child.kill("SIGINT");
  const { exitCode, stderr } = await outcome;
  assert.equal(exitCode, 130, stderr);
  assert.equal(onlyRun(out, { stderr }).run.state, "running");
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("killed with SIGKILL it still leaves nothing behind: target and k6 end by themselves", async (t) => {
  const out = resultsFolder(t);
  const { child, outcome } = start(t, [
    ...["run", "basic-load", "--profile", "smoke", "--rate", "100", "--port-base", "0", "--out", out],
  ]);
  await said(child, /basic-load ([5-9]|1\d) s\//);
  const children = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === child.pid)
    .map(([pid]) => pid as number);
  assert.equal(children.length, 2, "the target and k6");
  child.kill("SIGKILL");
  await outcome;
  const deadline = Date.now() + 20_000;
  while (children.some(alive)) {
    assert.ok(Date.now() < deadline, `still alive: ${children.filter(alive).join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("--json prints exactly the run on stdout", async (t) => {
  const { stdout, run } = await runScenario(t, "basic-load", ...SECONDS, "--rate", "50", "--json");
  assert.deepEqual(JSON.parse(stdout), run);
});
