import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "../host/host.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { Sampler } from "./sampler.ts";
import { until } from "./testing/processes.ts";

test("once a second it tells what a process used, from its second look on; of none it tells nothing", async () => {
  const samples: ResourceSample[] = [];
  const watched = { targetPid: process.pid, adminUrl: undefined, k6Pid: () => undefined };
  const sampler = new Sampler(watched, (sample) => samples.push(sample));
  sampler.start();
  try {
    await until(() => samples.length >= 3, "three samples");
  } finally {
    await sampler.stop();
  }
  const [first, second] = samples;
  assert.equal(first?.target, null, "CPU is a difference of two looks");
  assert.ok(second?.target);
  assert.ok(second.target.cpuCores >= 0 && second.target.cpuCores < 64);
  const rss = process.memoryUsage.rss();
  assert.ok(second.target.rssBytes > rss / 2 && second.target.rssBytes < rss * 2);
  assert.deepEqual([second.target.heapBytes, second.target.variants, second.k6], [null, null, null]);
  assert.ok(second.bench.rssBytes > rss / 2);
  assert.equal(second.otherCpuCores, null, "k6 cannot be seen, so what others used cannot be told");
  const { stolenCpuCores } = second;
  const { cores } = hostOf();
  if (process.platform !== "linux") assert.equal(stolenCpuCores, undefined, "only Linux tells it");
  else assert.ok(stolenCpuCores !== undefined && stolenCpuCores >= 0 && stolenCpuCores <= cores);
  const seconds = (Date.parse(samples[2]?.at ?? "") - Date.parse(samples[0]?.at ?? "")) / 1000;
  assert.ok(seconds > 1.5, `${seconds} s between the first sample and the third`);
  const told = samples.length;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(samples.length, told, "stopped");
});
