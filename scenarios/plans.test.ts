import assert from "node:assert/strict";
import { test } from "node:test";
import { CONNECT_SECONDS, type Plan, type Profile, type ProfileName, peakOf } from "./lib/plan.ts";
import { durationOf } from "./lib/schedule.ts";
import { CONNECTOR_VARIANTS, FULL_CHAIN, plan, SCENARIOS } from "./plans.ts";

const PROFILES: readonly ProfileName[] = ["smoke", "full"];

/** Ten times the rate for 5 s, and 30 s to come back. */
const BURST = [
  [0, 10_000],
  [5, 10_000],
  [0, 1_000],
  [30, 1_000],
] as const;

/** What is promised of the full profiles: model, height before the first stage, then [seconds, height]. */
const FULL = {
  "basic-load": ["open", 0, [30, 1_000], [360, 1_000], [30, 0]],
  stress: ["closed", 0, [60, 100], [120, 500], [120, 1_000], [120, 2_000], [60, 0]],
  spike: ["closed", 100, [30, 100], [10, 1_000], [30, 1_000], [10, 100], [60, 100]],
  "interceptor-overhead": ["open", 600, [120, 600]],
  soak: ["paced", 10_000, [3_600, 10_000]],
  "latency-ladder": [
    "paced",
    1_000,
    [0, 1_000],
    [120, 1_000],
    [0, 5_000],
    [120, 5_000],
    [0, 10_000],
    [120, 10_000],
  ],
  burst: ["paced", 1_000, [30, 1_000], ...BURST, ...BURST, ...BURST, ...BURST, ...BURST],
  chain: ["paced", 100, [600, 100]],
} as const;

for (const [name, [model, from, ...stages]] of Object.entries(FULL)) {
  test(`${name} in full: ${stages.map(([seconds, to]) => `${seconds} s to ${to}`).join(", ")}`, () => {
    const load = plan(name, "full")?.load;
    assert.equal(load?.model, model);
    assert.equal(load?.from, from);
    assert.deepEqual(
      load?.stages.map(({ seconds, to }) => [seconds, to]),
      stages,
    );
  });
}

/** What is promised of the SLA, as a person would write it. */
const SLA = {
  "basic-load": [
    "P0 latency p50 < 50 ms",
    "P0 latency p95 < 100 ms",
    "P0 latency p99 < 150 ms",
    "P0 http_req_failed share < 1 %",
    "P0 checks share > 99 %",
    "P0 http_reqs achieved >= 99 %",
    "P0 dropped_iterations count <= 0",
    "P0 iteration_duration concurrency <= 100 VUs",
    "P1 target_rss_bytes max < 100000000 bytes",
    "P1 target_cpu_cores avg < 0.5 cores",
  ],
  stress: ["P0 http_req_failed share < 5 %", "P0 checks share > 95 %"],
  spike: ["P0 http_req_failed share < 2 %", "P0 checks share > 98 %", "P0 latency recovery < 30 s"],
  "interceptor-overhead": [
    ...FULL_CHAIN.map(() => "P0 http_req_duration added-p50 < 2 ms"),
    "P0 http_req_failed share < 1 %",
    "P0 checks share > 99 %",
    "P0 dropped_iterations count <= 0",
    "P1 latency p95 < 15 ms",
  ],
  soak: [
    "P0 latency p99 < 10 ms",
    "P0 packets achieved >= 99.5 %",
    "P0 packets_failed count <= 0",
    "P0 packets_unexpected count <= 0",
    "P0 packets unaccounted <= 0",
    "P0 target_heap_bytes max < 500000000 bytes",
    "P0 target_rss_bytes growth < 10 %/h",
    "P1 target_cpu_cores avg < 0.8 cores",
  ],
  "latency-ladder": [
    "P0 latency p99 < 10 ms",
    "P0 latency p99 < 10 ms",
    "P0 latency p99 < 10 ms",
    "P0 packets achieved >= 99.5 %",
    "P0 packets_failed count <= 0",
    "P0 packets_unexpected count <= 0",
    "P0 packets unaccounted <= 0",
  ],
  burst: [
    "P0 packets achieved >= 99.5 %",
    "P0 packets achieved >= 99.5 %",
    "P0 packets achieved >= 99.5 %",
    "P0 packets_failed count <= 0",
    "P0 packets_unexpected count <= 0",
    "P0 packets unaccounted <= 0",
    "P0 latency recovery < 10 s",
  ],
  chain: [
    "P0 target_ready_seconds max < 30 s",
    "P0 telemetry_complete share >= 100 %",
    "P0 telemetry_delay p95 < 100 ms",
    "P0 heartbeat p95 < 100 ms",
    "P0 packets achieved >= 99.5 %",
    "P0 packets_failed count <= 0",
    "P0 packets_unexpected count <= 0",
    "P0 packets unaccounted <= 0",
  ],
};

for (const [name, rows] of Object.entries(SLA)) {
  test(`${name} holds the target to the SLA of its issue`, () => {
    assert.deepEqual(
      plan(name, "full")?.sla.map(({ priority, metric, stat, op, limit, unit }) =>
        `${priority} ${metric} ${stat} ${op} ${limit} ${unit}`.trim(),
      ),
      rows,
    );
  });
}

test("the tables above name every scenario", () => {
  assert.deepEqual(Object.keys(FULL), Object.keys(SCENARIOS));
  assert.deepEqual(Object.keys(SLA), Object.keys(SCENARIOS));
});

/** From the start of the warm-up to the last arrival; late answers may take longer. */
function secondsOf({ warmUpSeconds, load }: Profile): number {
  return warmUpSeconds + (load.model === "paced" ? CONNECT_SECONDS : 0) + durationOf(load);
}

test("the soak in smoke fills half a minute", () => {
  assert.equal(secondsOf(plan("soak", "smoke") as Plan), 30);
});

for (const { name, profiles, target, variant, blocks } of Object.values(SCENARIOS)) {
  const { sla } = plan(name, "full") as Plan;
  test(`${name}: the load of smoke, warm-up included, ends within 30 s, and late answers have 3 s`, () => {
    assert.ok(secondsOf(profiles.smoke) <= 30);
    assert.ok(profiles.smoke.gracefulStopSeconds <= 3);
  });

  test(`${name}: smoke has the stages of full in the same phases, and the same ups and downs`, () => {
    const { smoke, full } = profiles;
    assert.equal(smoke.load.model, full.load.model);
    const shape = ({ from, stages }: typeof smoke.load) =>
      stages.map(
        ({ phase, to }, i) => `${phase} ${Math.sign(to - (i === 0 ? from : (stages[i - 1]?.to ?? 0)))}`,
      );
    const [all, few] = [shape(full.load), shape(smoke.load)];
    // Of a cycle after the first stage, full may go through more.
    const cycled = all.map((_, i) => few[i === 0 ? 0 : 1 + ((i - 1) % (few.length - 1))]);
    assert.deepEqual(all, few.length === 1 ? few : cycled);
    assert.ok(all.length >= few.length);
  });

  test(`${name}: no SLA row reads the warm-up`, () => {
    for (const { id, tags, stat } of sla) {
      const { phase } = tags;
      // Books are of all there was.
      if (stat === "unaccounted") continue;
      assert.ok(
        tags.scenario === name || (phase !== undefined && phase !== "warm-up"),
        `${id} reads ${JSON.stringify(tags)}`,
      );
    }
    for (const profile of PROFILES) {
      assert.ok(profiles[profile].warmUpSeconds > 0, "there is a warm-up to leave out");
      assert.ok(profiles[profile].load.stages.every(({ phase }) => phase !== "warm-up"));
    }
  });

  test(`${name}: a row reads only phases its load has`, () => {
    for (const { id, tags } of sla) {
      if (tags.phase === undefined) continue;
      for (const profile of PROFILES) {
        assert.ok(
          profiles[profile].load.stages.some(({ phase }) => phase === tags.phase),
          id,
        );
      }
    }
  });

  test(`${name}: SLA ids are unique`, () => {
    assert.equal(new Set(sla.map(({ id }) => id)).size, sla.length);
  });

  test(`${name}: every variant it calls is one of its target's`, () => {
    const known: readonly string[] = target === "ilp" ? ["ilp"] : CONNECTOR_VARIANTS;
    for (const called of [variant, ...(blocks?.variants ?? [])]) assert.ok(known.includes(called), called);
  });

  test(`${name}: an open model has VUs for a stall of a whole second`, () => {
    for (const profile of PROFILES) {
      const { load } = profiles[profile];
      if (load.model !== "open") continue;
      const peak = Math.max(...load.stages.map(({ to }) => to));
      assert.ok(load.maxVUs >= peak, `${load.maxVUs} VUs for ${peak} arrivals`);
      assert.ok(load.preAllocatedVUs <= load.maxVUs);
    }
  });
}

test("interceptor-overhead has a row for each interceptor of the chain, and every second holds whole rounds", () => {
  const { blocks, sla } = plan("interceptor-overhead", "full") ?? {};
  assert.ok(blocks && sla);
  assert.deepEqual(blocks.variants, ["none", ...FULL_CHAIN, "full"]);
  assert.ok(FULL_CHAIN.length >= 10);
  assert.deepEqual(
    sla.filter(({ stat }) => stat === "added-p50").map(({ tags }) => tags.variant),
    [...FULL_CHAIN],
  );
  for (const rate of [undefined, 60, 240, 450]) {
    const of = plan("interceptor-overhead", "smoke", rate === undefined ? {} : { rate });
    assert.ok(of?.blocks);
    const roundsASecond = peakOf(of.load) / (of.blocks.arrivalsPerBlock * of.blocks.variants.length);
    assert.ok(roundsASecond >= 2, `${roundsASecond} rounds a second`);
  }
});

for (const name of ["no-such-scenario", "", "constructor", "__proto__"]) {
  test(`there is no plan for "${name}"`, () => {
    assert.equal(plan(name, "smoke"), undefined);
  });
}

test("a ladder's rows follow its rates: turned down, and so far that two rungs are one", () => {
  const stages = (rate: number) =>
    plan("latency-ladder", "smoke", { rate })?.sla.flatMap(({ tags: { stage } }) => stage ?? []);
  assert.deepEqual(stages(10_000), ["1000", "5000", "10000"]);
  assert.deepEqual(stages(5_000), ["500", "2500", "5000"]);
  assert.deepEqual(stages(1), ["1"]);
});
