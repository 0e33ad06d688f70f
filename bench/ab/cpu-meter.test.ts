import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { firstLine, startNode, withGrandchild } from "../run/testing/processes.ts";
import { CpuMeter } from "./cpu-meter.ts";

function work(ms: number): void {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if (user + system > ms * 1000) return;
  }
}

test("what this process uses is seen in milliseconds, not in ticks of ten", {
  skip: process.platform !== "linux",
}, () => {
  const meter = new CpuMeter(process.pid);
  assert.equal(meter.read(), 0);
  let before = 0;
  const apart: number[] = [];
  for (let i = 0; i < 10; i++) {
    const own = process.cpuUsage();
    work(3);
    const now = meter.read() ?? Number.NaN;
    const { user, system } = process.cpuUsage(own);
    apart.push(Math.abs((now - before) * 1000 - (user + system) / 1000));
    assert.ok(now - before >= 0.0029, `${now - before}`);
    before = now;
  }
  // Both clocks see all threads; between them lies the reading of some files, and whatever else the machine does just then.
  assert.ok(Math.min(...apart) < 2.5, `${apart} ms`);
});

test("a server behind a shell is seen through it, and a process that is gone tells nothing", async (t) => {
  const burning =
    'process.stdout.write(process.pid + "\\n"); for (const end = Date.now() + 20_000; Date.now() < end; );';
  const child = startNode(t, withGrandchild(burning, "setInterval(() => {}, 1000)"));
  await firstLine(child.stdout);
  const meter = new CpuMeter(child.pid as number);
  meter.read();
  const until = performance.now() + 5_000;
  let used = 0;
  while (used < 0.05 && performance.now() < until) {
    work(5);
    used = meter.read() ?? 0;
  }
  assert.ok(used >= 0.05, `${used}`);
  assert.equal(new CpuMeter(2 ** 22 + 1).read(), undefined);
});

test("a thread that cannot be read once hides no other one, and is not taken for a new one later", {
  skip: process.platform !== "linux",
}, (t) => {
  const proc = mkdtempSync(join(tmpdir(), "plimsoll-proc-"));
  t.after(() => rmSync(proc, { recursive: true }));
  const thread = (tid: number) => join(proc, "7", "task", String(tid));
  const used = (tid: number, seconds: number) => {
    mkdirSync(thread(tid), { recursive: true });
    writeFileSync(join(thread(tid), "schedstat"), `${seconds * 1e9} 0 1\n`);
  };
  const meter = new CpuMeter(7, proc);
  for (const tid of [1, 2, 3]) used(tid, 100);
  assert.equal(meter.read(), 0);
  rmSync(join(thread(2), "schedstat"));
  used(3, 101);
  assert.equal(meter.read(), 1);
  used(2, 102);
  assert.equal(meter.read(), 3);
  // A thread that is gone is forgotten: the next one of its number is new.
  rmSync(thread(2), { recursive: true });
  meter.read();
  used(2, 4);
  assert.equal(meter.read(), 7);
});
