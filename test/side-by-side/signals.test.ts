/** Whoever ends the command, and in whatever way it was started: what it started ends with it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { alive, until } from "../../bench/run/testing/processes.ts";
import { AT_A_TERMINAL, onlyRun, ROOT, resultsFolder, said } from "../plimsoll.ts";

function npx(t: TestContext, ...args: string[]) {
  const child = spawn("npx", ["--no-install", "plimsoll", ...args], {
    cwd: ROOT,
    env: AT_A_TERMINAL,
    detached: true,
  });
  t.after(() => {
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // It is over, as it should be.
    }
  });
  return child;
}

const load = (out: string) => ["--profile", "smoke", "--rate", "50", "--port-base", "0", "--out", out];

for (const [what, end] of [
  ["kill -TERM of npx", (pid: number) => process.kill(pid, "SIGTERM")],
  ["Ctrl-C, which a terminal sends to the whole group,", (pid: number) => process.kill(-pid, "SIGINT")],
] as const) {
  test(`${what} ends the target that plimsoll up started`, async (t) => {
    const child = npx(t, "up", "connector", "--port-base", "0", "--admin-port", "0", "--grpc-port", "0");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { pid } = JSON.parse(line) as { pid: number };
    assert.ok(alive(pid));
    end(child.pid as number);
    await until(() => !alive(pid), "the target is gone");
  });
}

test("Ctrl-C through npx is one Ctrl-C: a run stops in good order and exits 4 or, by npm's own habit, 130", async (t) => {
  const out = resultsFolder(t);
  const child = npx(t, "run", "basic-load", ...load(out));
  await said(child, /basic-load ([5-9]|1\d) s\//);
  process.kill(-(child.pid as number), "SIGINT");
  const [exitCode] = await once(child, "close");
  assert.ok(exitCode === 4 || exitCode === 130 || exitCode === null, `${exitCode}`);
  assert.equal(onlyRun(out, { stderr: "" }).run.state, "interrupted");
});

test("kill -TERM of npx lets a run stop in good order: it is kept, marked and has a report", async (t) => {
  const out = resultsFolder(t);
  const child = npx(t, "run", "basic-load", ...load(out));
  await said(child, /basic-load ([5-9]|1\d) s\//);
  child.kill("SIGTERM");
  const { run } = await until(() => {
    const left = onlyRun(out, { stderr: "" });
    return left.run.state === "interrupted" && left;
  }, "the run is marked");
  assert.equal(run.verdict, "invalid");
  await until(() => !alive(run.target.pid as number), "the target is gone");
});
