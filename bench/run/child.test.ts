import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { Child } from "./child.ts";
import { alive, firstLine, startNode, until, withGrandchild } from "./testing/processes.ts";

const GRACE_MS = 60_000;
const STUBBORN = 'process.on("SIGTERM", () => {});';
/** Prints its pid when its handlers are set, and waits for ever. */
const waiting = (more = "") =>
  `${more} process.stdout.write(process.pid + "\\n"); setInterval(() => {}, 1000);`;

function startChild(t: TestContext, script: string): Child {
  const child = new Child(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.signal("SIGKILL"));
  return child;
}

const ready = (child: Child) => firstLine(child.process.stdout as Readable);
const gone = (pid: number) => until(() => !alive(pid), `process ${pid} is gone`);

test("a process that ends by itself tells its exit code", async (t) => {
  const before = Date.now();
  const child = startChild(t, "process.exitCode = 7");
  const ending = await child.ended;
  assert.deepEqual([ending.exitCode, ending.signal], [7, null]);
  assert.ok(ending.atMs >= before && ending.atMs <= Date.now());
  assert.equal(child.ending, ending);
});

test("a process that is asked to end may do so in its own time, and with its own code", async (t) => {
  const child = startChild(t, waiting('process.on("SIGTERM", () => process.exit(3));'));
  await ready(child);
  const ending = await child.stop(GRACE_MS);
  assert.deepEqual([ending?.exitCode, ending?.signal], [3, null]);
});

test("a process that ignores SIGTERM is killed, and what it started with it", async (t) => {
  const child = startChild(t, withGrandchild(waiting(STUBBORN), `${STUBBORN} setInterval(() => {}, 1000);`));
  // The grandchild's line: by then both have their handlers, as the parent sets its own in the turn that spawns.
  const grandchild = Number(await ready(child));
  const ending = await child.stop(20);
  assert.equal(ending?.signal, "SIGKILL");
  await gone(grandchild);
});

test("what a process started and left behind when it was asked to end is killed", async (t) => {
  const child = startChild(
    t,
    withGrandchild(
      waiting(STUBBORN),
      'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);',
    ),
  );
  const grandchild = Number(await ready(child));
  assert.equal((await child.stop(100))?.exitCode, 0);
  await gone(grandchild);
});

test("what a process started does not outlive it when it ended by itself", async (t) => {
  const child = startChild(t, withGrandchild(waiting(), "setTimeout(() => process.exit(1), 50);"));
  const grandchild = Number(await ready(child));
  t.after(() => alive(grandchild) && process.kill(grandchild, "SIGKILL"));
  await child.ended;
  await child.stop(GRACE_MS);
  await gone(grandchild);
});

test("stopping twice, or what is over already, gives the same ending", async (t) => {
  const child = startChild(t, waiting());
  await ready(child);
  const [first, second] = await Promise.all([child.stop(GRACE_MS), child.stop(GRACE_MS)]);
  assert.equal(first?.signal, "SIGTERM");
  assert.equal(second, first);
  assert.equal(await child.stop(GRACE_MS), first);
});

test("a signal to a process that is over is no fault", async (t) => {
  const child = startChild(t, "");
  await child.ended;
  child.signal("SIGTERM");
  assert.equal(child.ending?.exitCode, 0);
});

test("a program that is not there rejects for whoever waits, and stopping it is nothing", async () => {
  const child = new Child("/no/such/program", [], { stdio: "ignore" });
  await assert.rejects(child.ended, { code: "ENOENT" });
  assert.equal(child.pid, undefined);
  assert.equal(await child.stop(GRACE_MS), undefined);
});

test("Ctrl-C on our terminal does not reach it: it is the leader of a group of its own", {
  skip: !existsSync("/proc/self/stat") && "needs /proc",
}, async (t) => {
  const { readFileSync } = await import("node:fs");
  const child = startChild(t, waiting());
  await ready(child);
  const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
  assert.equal(Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]), child.pid);
});

test("however we end, every process we started is killed with us", async (t) => {
  for (const end of [
    "process.exit(0)",
    "throw new Error('a fault of ours')",
    "killAll(); setInterval(() => {}, 1000)",
  ]) {
    const parent = startNode(
      t,
      `process.on("uncaughtException", () => process.exit(1));
       import(${JSON.stringify(new URL("./child.ts", import.meta.url).href)}).then(({ Child, killAll }) => {
         const child = new Child(process.execPath, ["-e", ${JSON.stringify(waiting(STUBBORN))}], { stdio: ["ignore", "pipe", "inherit"] });
         child.process.stdout.once("data", (pid) => { process.stdout.write(pid); setImmediate(() => { ${end} }); });
       });`,
    );
    const exited = once(parent, "exit");
    const child = Number(await firstLine(parent.stdout));
    t.after(() => alive(child) && process.kill(child, "SIGKILL"));
    await gone(child);
    if (!end.startsWith("killAll")) await exited;
  }
});
