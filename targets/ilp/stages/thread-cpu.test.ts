import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { threadCpu, usedBetween } from "./thread-cpu.ts";

const linux = process.platform === "linux";

test("CPU goes to the thread that used it", { skip: !linux && "no /proc" }, async (t) => {
  const burn = "const until = performance.now() + 200; while (performance.now() < until);";
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     parentPort.on("message", () => { ${burn} parentPort.postMessage("burnt"); });`,
    { eval: true },
  );
  t.after(() => worker.terminate());
  await once(worker, "online");
  const look = () => {
    const cpu = threadCpu(process.pid);
    assert.ok(cpu);
    return cpu;
  };
  const start = look();
  worker.postMessage("burn");
  await once(worker, "message");
  const middle = look();
  const until = performance.now() + 200;
  while (performance.now() < until);
  const [other, own] = [usedBetween(start, middle), usedBetween(middle, look())];
  // A busy machine may give either less than it asked for, never more; it has a delay then.
  assert.ok(other.workers + other.workerDelay > 0.15, JSON.stringify(other));
  assert.ok(own.main + own.mainDelay > 0.15, JSON.stringify(own));
  assert.ok(other.main < other.workers + other.workerDelay);
  assert.ok(own.workers < own.main + own.mainDelay);
});

test("a process that is not there tells nothing", () => {
  assert.equal(threadCpu(2 ** 30), undefined);
});
