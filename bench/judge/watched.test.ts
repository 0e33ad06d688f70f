import assert from "node:assert/strict";
import { test } from "node:test";
import { stageAt } from "../../scenarios/lib/schedule.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { requests, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { planned, resources, WELL } from "./testing/evidence.ts";
import { busiestMinute, watched } from "./watched.ts";

type Target = Partial<NonNullable<ResourceSample["target"]>>;
interface Second {
  readonly target?: Target;
  readonly memory?: ResourceSample["memory"];
}

/** Rows of a load of so many seconds, by id. */
function rows(scenario: string, seconds: number, of: (second: number) => Second, facts = WELL) {
  const plan = planned(scenario, "smoke", { seconds });
  const evidence = new Evidence(plan);
  for (let second = 1; second <= seconds; second++) {
    const { phase } = stageAt(plan.load, second - 1);
    evidence.addWindow(windowAt(second - 1, requests(1, 2, { scenario, phase })));
    const { target, memory } = of(second);
    const usual = { cpuCores: 0.3, rssBytes: 80e6, ...target };
    const sample = resources(second, { target: usual, k6CpuCores: 0.5, benchLoopDelayMs: 1 });
    evidence.addResources({ ...sample, ...(memory && { memory }) });
  }
  return new Map(watched(evidence, facts).map((row) => [row.id, row]));
}

test("a short run in good order has nothing to say but of what can be seen at once", () => {
  const found = rows("basic-load", 30, () => ({
    target: { openFiles: { open: 120, limit: 1_000 } },
    memory: { availableBytes: 3e9, totalBytes: 16e9 },
  }));
  assert.deepEqual(
    [...found.values()].map(({ id, state, value }) => [id, state, value]),
    [
      ["watched-files", "pass", 12],
      ["watched-memory-left", "pass", 18.75],
    ],
  );
});

test("memory that grows by a quarter in ten minutes is a leak, by 11 % a warning; by 5 %, or in no time, neither", () => {
  const grows = (perTenMinutes: number) => (second: number) => ({
    target: { rssBytes: 100e6 * (1 + (perTenMinutes * second) / 600) },
  });
  const growth = (perTenMinutes: number, seconds = 1_200) =>
    rows("soak", seconds, grows(perTenMinutes)).get("watched-target-memory");
  assert.equal(growth(0.5)?.state, "fail");
  assert.equal(growth(0.11)?.state, "warn");
  assert.equal(growth(0.05)?.state, "pass");
  assert.equal(growth(0.5, 600)?.state, "fail", "ten minutes are enough");
  assert.equal(growth(0.5, 500), undefined, "too short to tell growth from a heap's steps");
});

test("a leak is held against what there was when it began, however much it has grown since", () => {
  const leaking = (perTenMinutes: number, seconds: number) =>
    rows("soak", seconds, (second) => ({
      target: { rssBytes: 100e6 * (1 + (perTenMinutes * second) / 600) },
    })).get("watched-target-memory");
  const hour = leaking(0.16, 3_600);
  assert.equal(Math.round(hour?.value ?? 0), 16);
  assert.equal(hour?.state, "fail", "it nearly doubles in an hour");
  assert.equal(leaking(0.08, 3_600)?.state, "pass");
});

test("a heap that grows by a tenth at once, whenever it does, is no leak", () => {
  for (const at of [150, 300, 400, 500]) {
    const row = rows("soak", 600, (second) => ({
      target: { rssBytes: 100e6 * (second < at ? 1 : 1.1) + 1e6 * (second % 7) },
    })).get("watched-target-memory");
    assert.equal(row?.state, "pass", `at ${at} s: ${row?.value}`);
  }
});

test("memory that grows with the load is no leak: only the longest time of level load is judged", () => {
  const withVus = (second: number) => ({ target: { rssBytes: 100e6 + 2e5 * second } });
  assert.equal(rows("stress", 1_200, withVus).get("watched-target-memory"), undefined, "never level");
  const heldAt = (grown: number) =>
    // Of basic-load 16 % ramp up, and 12 % down.
    rows("basic-load", 1_000, (second) => ({
      target: {
        rssBytes: 100e6 + 100e6 * Math.min(1, second / 160) + grown * Math.max(0, second - 160),
      },
    })).get("watched-target-memory");
  assert.equal(heldAt(0)?.state, "pass");
  assert.equal(Math.round(heldAt(0)?.value ?? -1), 0);
  assert.equal(heldAt(1e5)?.state, "fail");
});

test("a process at its core's limit for a minute warns or fails; for half a minute, or under callers, it does not", () => {
  const busy = (scenario: string, cpuCores: number, seconds: number, facts = WELL) =>
    rows(
      scenario,
      200,
      (at) => ({ target: { cpuCores: at > 50 && at <= 50 + seconds ? cpuCores : 0.3 } }),
      facts,
    ).get("watched-target-cpu");
  assert.equal(busy("basic-load", 0.99, 90)?.state, "fail");
  assert.equal(busy("basic-load", 0.9, 90)?.state, "warn");
  assert.equal(busy("basic-load", 0.99, 30)?.state, "pass");
  const { state, value, note } = busy("stress", 0.99, 90) ?? {};
  assert.deepEqual([state, Math.round(100 * (value ?? 0))], ["not-applicable", 99]);
  assert.equal(note, "callers without a rate ask for all that there is");
  const own = { ...WELL, bundled: false };
  assert.equal(busy("basic-load", 0.99, 90, own)?.state, "pass", "a server of one's own may use every core");
  assert.equal(busy("basic-load", 3.9, 90, own)?.state, "fail");
});

test("a server of one's own that works on one thread is at its limit at one core, after the warm-up", () => {
  const own = { ...WELL, cores: 8, bundled: false };
  const busy = (busiestThreadCores: number, from = 0, scenario = "basic-load") =>
    rows(scenario, 300, (at) => ({ target: at < 60 || at < from ? {} : { busiestThreadCores } }), own).get(
      "watched-target-thread",
    );
  assert.deepEqual([busy(0.99)?.state, busy(0.99)?.limit], ["fail", 0.8]);
  assert.equal(busy(0.9)?.state, "warn");
  assert.equal(busy(0.5)?.state, "pass");
  assert.equal(busy(0.99, 0, "stress")?.state, "not-applicable");
  assert.equal(busy(0.99, 301), undefined, "nobody told");
});

test("what a thread took in the minute that the warm-up was in is not judged", () => {
  const evidence = new Evidence(planned("basic-load", "smoke", { seconds: 200 }));
  for (let second = 1; second <= 200; second++) {
    const phase = second <= 70 ? "warm-up" : "hold";
    evidence.addWindow(windowAt(second - 1, requests(1, 2, { scenario: "basic-load", phase })));
    const target = {
      ...{ cpuCores: 1, rssBytes: 80e6 },
      ...(second >= 60 && { busiestThreadCores: second < 130 ? 1 : 0.4 }),
    };
    evidence.addResources(resources(second, { target, k6CpuCores: 0.5, benchLoopDelayMs: 1 }));
  }
  const row = watched(evidence, { ...WELL, bundled: false }).find(({ id }) => id === "watched-target-thread");
  assert.deepEqual([row?.value, row?.state], [0.4, "pass"]);
});

test("each process of a target is watched for itself", () => {
  const member = (cpuCores: number) => ({ cpuCores, rssBytes: 1e8, heapBytes: 1e7, eventLoopDelayMs: 1 });
  const found = rows("soak", 100, () => ({ target: { members: { A: member(0.95), bob: member(0.1) } } }));
  assert.deepEqual(
    [found.get("watched-A-cpu")?.state, found.get("watched-bob-cpu")?.state],
    ["warn", "pass"],
  );
  assert.deepEqual(found.get("watched-A-cpu")?.tags, { member: "A" });
});

test("sockets that are never closed are a leak, however many a process may have; some more, or others each time, are none", () => {
  const growth = (open: (second: number) => number) =>
    rows("soak", 700, (second) => ({
      target: { openFiles: { open: Math.round(open(second)), limit: 1_000_000 } },
    })).get("watched-files-growth");
  const leaking = growth((second) => 100 + (49_900 * second) / 700);
  assert.deepEqual([leaking?.state, leaking?.stat, leaking?.unit], ["fail", "growth", "%/10min"]);
  assert.equal(growth((second) => 500 + second / 5)?.state, "fail", "one in five seconds");
  assert.equal(growth((second) => 20 + second / 30)?.state, "pass", "20 more in ten minutes");
  assert.equal(growth((second) => 400 + 300 * Math.sin(second))?.state, "pass");
  assert.equal(growth(() => 120)?.state, "pass");
});

test("one moment of nearly no files or no memory left is enough", () => {
  const found = rows("basic-load", 30, (at) => ({
    target: { openFiles: { open: at === 12 ? 990 : 100, limit: 1_000 } },
    memory: { availableBytes: at === 20 ? 0.1e9 : 8e9, totalBytes: 16e9 },
  }));
  assert.deepEqual([found.get("watched-files")?.state, found.get("watched-files")?.value], ["fail", 99]);
  assert.equal(found.get("watched-memory-left")?.state, "fail");
});

test("a heap near the limit at which V8 ends the process warns, of each process for itself", () => {
  const member = (heapBytes: number) => ({
    ...{ cpuCores: 0.1, rssBytes: 1e8, eventLoopDelayMs: 1 },
    ...{ heapBytes, heapLimitBytes: 1e9 },
  });
  const members = rows("soak", 30, (at) => ({
    target: { members: { A: member(at === 9 ? 950e6 : 100e6), bob: member(300e6) } },
  }));
  const [a, bob] = ["A", "bob"].map((name) => members.get(`watched-${name}-heap-limit`));
  assert.deepEqual([a?.state, a?.value, a?.unit, a?.tags], ["warn", 95, "%", { member: "A" }]);
  assert.deepEqual([bob?.state, bob?.value], ["pass", 30]);
  const row = rows("basic-load", 30, () => ({ target: { heapBytes: 500e6 } })).get(
    "watched-target-heap-limit",
  );
  assert.equal(row, undefined, "it does not tell its limit");
});

test("a server whose process cannot be seen is not watched", () => {
  const evidence = new Evidence(planned("basic-load"));
  for (let second = 1; second < 100; second++)
    evidence.addResources(resources(second, { target: null, k6CpuCores: 0.5, benchLoopDelayMs: 1 }));
  assert.deepEqual(watched(evidence, WELL), []);
});

test("the busiest minute is found wherever it lies, with readings missing", () => {
  const readings = Array.from({ length: 300 }, (_, second) => ({
    atMs: second * 1_000,
    value: second >= 131 && second < 191 ? 0.9 : 0.1,
  }));
  assert.ok(Math.abs((busiestMinute(readings) ?? 0) - 0.9) < 1e-9);
  const sparse = readings.filter(({ atMs }) => atMs !== 150_000 && atMs !== 160_000);
  assert.ok(Math.abs((busiestMinute(sparse) ?? 0) - 0.9) < 1e-9);
  assert.equal(busiestMinute(readings.slice(0, 50)), undefined);
});
