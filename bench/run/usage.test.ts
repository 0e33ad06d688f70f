import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { firstLine, startNode, until, withGrandchild } from "./testing/processes.ts";
import { usageOf } from "./usage.ts";

const MB = 1e6;
/** Holds this much memory that is really there, says so, and waits. */
const holding = (bytes: number) => `
  globalThis.held = Buffer.alloc(${bytes}, 1);
  process.stdout.write(process.pid + "\\n");
  setInterval(() => {}, 1000);`;
const burning = `
  process.stdout.write(process.pid + "\\n");
  for (const end = Date.now() + 20_000; Date.now() < end; );`;

test("this process uses what Node says it uses", () => {
  const usage = usageOf(process.pid);
  const { user, system } = process.cpuUsage();
  assert.ok(usage);
  assert.ok(Math.abs(usage.cpuSeconds - (user + system) / 1e6) < 0.1);
  assert.ok(Math.abs(usage.rssBytes - process.memoryUsage.rss()) < 30 * MB);
});

test("a tree's memory is that of the process and of what it started", async (t) => {
  const child = startNode(t, withGrandchild(holding(150 * MB), "setInterval(() => {}, 1000)"));
  const grandchild = Number(await firstLine(child.stdout));
  const tree = usageOf(child.pid as number);
  const own = usageOf(grandchild);
  assert.ok(tree && own);
  assert.ok(own.rssBytes > 150 * MB && own.rssBytes < 300 * MB, `grandchild ${own.rssBytes}`);
  // The process itself is a Node as well: some 40 MB more.
  assert.ok(
    tree.rssBytes > own.rssBytes + 20 * MB && tree.rssBytes < own.rssBytes + 150 * MB,
    `${tree.rssBytes}`,
  );
});

test("a tree's CPU grows by what a grandchild burns, and only by as much as there was time for", async (t) => {
  const child = startNode(t, withGrandchild(burning, "setInterval(() => {}, 1000)"));
  await firstLine(child.stdout);
  const pid = child.pid as number;
  const startMs = performance.now();
  const before = usageOf(pid)?.cpuSeconds as number;
  const used = await until(() => {
    const more = (usageOf(pid)?.cpuSeconds ?? 0) - before;
    return more >= 0.15 && more;
  }, "the grandchild burnt 150 ms");
  const passed = (performance.now() - startMs) / 1_000;
  // One thread burns at most the time that passed; its Node's other threads and the ticks of 10 ms add a little.
  assert.ok(used <= passed * 1.5 + 0.1, `${used} s of CPU in ${passed} s`);
});

test("a process that is gone has no usage", async (t) => {
  const child = startNode(t, "");
  await once(child, "exit");
  assert.equal(usageOf(child.pid as number), undefined);
});

test("a process whose name holds spaces and parentheses is read like any other", async (t) => {
  const child = startNode(t, `process.title = "a) R 1 2 (b"; ${holding(1)}`);
  await firstLine(child.stdout);
  const usage = usageOf(child.pid as number);
  assert.ok(usage && usage.cpuSeconds > 0 && usage.cpuSeconds < 10, `${usage?.cpuSeconds} s`);
});

test("what a child burnt is still counted when the child is over", async (t) => {
  const brief =
    "const used = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (used() < 300_000);";
  const child = startNode(
    t,
    `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(brief)}]);
     const own = process.cpuUsage();
     process.stdout.write((own.user + own.system) / 1e6 + "\\n");
     setInterval(() => {}, 1000);`,
  );
  const own = Number(await firstLine(child.stdout));
  const all = usageOf(child.pid as number)?.cpuSeconds as number;
  assert.ok(all >= own + 0.25, `${all} s, of which the process itself ${own} s`);
});
