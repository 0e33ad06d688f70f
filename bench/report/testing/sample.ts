import { encodeIntoCompressedBase64, Float64Histogram } from "hdr-histogram-js";
import { mulberry32 } from "../../../scenarios/lib/blocks.ts";
import type { Phase, Plan, ProfileName } from "../../../scenarios/lib/plan.ts";
import { arrivalsDue, durationOf, stageAt } from "../../../scenarios/lib/schedule.ts";
import { plan as planFor } from "../../../scenarios/plans.ts";
import { Evidence } from "../../judge/evidence.ts";
import { judge } from "../../judge/judge.ts";
import type { ResourceSample, Run } from "../../results/run-schema.ts";
import type { Series, Window } from "../../windows/window.ts";

/** Runs made up for tests of the report: the shapes of real ones from a seeded generator, in milliseconds to make. */

export interface Sample {
  readonly run: Run;
  readonly windows: Window[];
  readonly resources: ResourceSample[];
}

export const SAMPLE_START_MS = Date.parse("2026-11-21T10:00:00.000Z");

export interface SampleOptions {
  readonly profile?: ProfileName;
  readonly seconds?: number;
  readonly seed?: number;
  /** Latency of the target in ms at a number of requests a second and second of the load. */
  readonly latencyMs?: (perSecond: number, second: number) => number;
  /** Share of requests that fail, 0 to 1. */
  readonly failing?: (second: number) => number;
}

/** A healthy run of a scenario. */
export function sample(scenario: string, options: SampleOptions = {}): Sample {
  const plan = planFor(
    scenario,
    options.profile ?? "smoke",
    options.seconds ? { seconds: options.seconds } : {},
  );
  if (!plan) throw new Error(`no scenario ${scenario}`);
  const random = mulberry32(options.seed ?? 1);
  const seconds = Math.ceil(plan.warmUpSeconds + durationOf(plan.load));
  const windows = Array.from({ length: seconds }, (_, second) => windowOf(plan, second, random, options));
  const resources = windows.map((window, second) => resourceOf(window, second, plan, random));
  return { run: runOf(plan, windows, resources), windows, resources };
}

function windowOf(plan: Plan, second: number, random: () => number, options: SampleOptions): Window {
  const into = second - plan.warmUpSeconds;
  const phase: Phase = into < 0 ? "warm-up" : stageAt(plan.load, into).phase;
  const vus = into < 0 ? 2 : Math.max(1, Math.round(levelAt(plan, into + 0.5)));
  const perSecond =
    into < 0
      ? 90
      : plan.load.model === "open"
        ? arrivalsDue(plan.load, into + 1) - arrivalsDue(plan.load, into)
        : Math.min(vus * 9.7, 2_600);
  const latencyMs = options.latencyMs?.(perSecond, into) ?? 0.9 + 300 / Math.max(60, 3_200 - perSecond);
  const failing = options.failing?.(into) ?? 0;
  const variants = plan.blocks?.variants ?? [plan.variant];
  const series: Series[] = [];
  for (const [i, variant] of variants.entries()) {
    const n = Math.round(perSecond / variants.length);
    if (n === 0) continue;
    const added = !plan.blocks ? 0 : variant === "full" ? 0.35 : i * 0.03;
    const scenario = into < 0 ? "warm-up" : plan.scenario;
    const tags: Record<string, string> = { scenario, name: "SayHello", phase, variant };
    if (plan.extraTags.includes("stage") && into >= 0) tags.stage = String(stageAt(plan.load, into).to);
    const trend = latencies(n, latencyMs + added, random);
    series.push({ metric: "http_req_duration", type: "trend", unit: "ms", tags, ...trend });
    series.push({ metric: "latency", type: "trend", unit: "ms", tags, ...trend });
    series.push({ metric: "iteration_duration", type: "trend", unit: "ms", tags, ...trend });
    if (plan.load.model === "open" && into >= 0)
      series.push({ metric: "pacing_lag", type: "trend", unit: "ms", tags, ...latencies(n, 0.4, random) });
    series.push({ metric: "http_reqs", type: "counter", unit: "", tags, value: n });
    const failed = Math.round(n * failing);
    series.push({ metric: "http_req_failed", type: "rate", unit: "", tags, yes: failed, no: n - failed });
    series.push({ metric: "checks", type: "rate", unit: "", tags, yes: n - failed, no: failed });
  }
  const gauge = plan.load.model === "open" ? 6 : vus;
  series.push({ metric: "vus", type: "gauge", unit: "", tags: {}, value: gauge, min: gauge, max: gauge });
  const from = new Date(SAMPLE_START_MS + second * 1000).toISOString();
  return { v: 1, from, ms: 1000, late: 0, overflow: 0, series };
}

function levelAt({ load }: Plan, seconds: number): number {
  return (arrivalsDue(load, seconds + 0.5) - arrivalsDue(load, seconds - 0.5)) / 1;
}

/** A log-normal bulk with a rare slow tail, as garbage collection leaves one. */
function latencies(n: number, medianMs: number, random: () => number) {
  const hdr = new Float64Histogram(1, 2 ** 32, 3);
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < n; i++) {
    const bulk = medianMs * Math.exp(0.28 * normal(random));
    const value = random() < 0.012 ? bulk + medianMs * 4 * random() : bulk;
    hdr.recordValue(Math.max(1, Math.round(value * 1000)));
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { n, sum, min, max, hdr: encodeIntoCompressedBase64(hdr) };
}

/** Box and Muller's way from two uniform numbers to a normal one. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function resourceOf(window: Window, second: number, plan: Plan, random: () => number): ResourceSample {
  const perSecond = window.series.reduce(
    (sum, series) => sum + (series.metric === "http_reqs" && series.type === "counter" ? series.value : 0),
    0,
  );
  const variants = plan.blocks?.variants ?? [plan.variant];
  return {
    at: new Date(SAMPLE_START_MS + (second + 1) * 1000).toISOString(),
    target: {
      cpuCores: 0.02 + perSecond * 0.00042 * (0.92 + 0.16 * random()),
      rssBytes: 68e6 + 16e6 * (1 - Math.exp(-second / 8)) + 1e6 * random(),
      heapBytes: 24e6 + 9e6 * ((second * 0.37) % 1),
      eventLoopDelayMs: 10.4 + perSecond * 0.0009 * random(),
      variants: Object.fromEntries(
        variants.map((variant, i) => [
          variant,
          {
            cpuSeconds:
              (second + 1) * 25 * (150e-6 + (variant === "full" ? 210e-6 : i * 14e-6) + 6e-6 * random()),
            requests: (second + 1) * 25,
          },
        ]),
      ),
    },
    k6: { cpuCores: 0.05 + perSecond * 0.00013, rssBytes: 92e6 + 1e6 * random() },
    bench: { cpuCores: 0.02 + 0.01 * random(), rssBytes: 110e6, loopDelayP99Ms: 10.6 },
  };
}

/** The run as the real judge sees it. */
export function runOf(plan: Plan, windows: readonly Window[], resources: readonly ResourceSample[]): Run {
  const evidence = new Evidence(plan);
  for (const window of windows) evidence.addWindow(window);
  for (const one of resources) evidence.addResources(one);
  const judgement = judge(evidence, {
    died: null,
    targetVisible: true,
    bundled: true,
    cores: 8,
    k6ExitCode: 0,
  });
  const iso = (second: number) => new Date(SAMPLE_START_MS + second * 1000).toISOString();
  return {
    schema: 1,
    run: `20261121T100000Z-${plan.scenario}-${plan.profile}`,
    scenario: plan.scenario,
    profile: plan.profile,
    state: "complete",
    ...judgement,
    series: evidence.fold.summaries() as Run["series"],
    phases: evidence.phases.map(({ phase, fromMs, toMs }) => ({
      phase,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    })),
    target: {
      kind: "bundled",
      name: "connector",
      url: "http://127.0.0.1:8080",
      command: "node targets/connector/main.ts",
      pid: 4242,
      cpuCores: evidence.spread(({ target }) => target?.cpuCores),
      rssBytes: evidence.spread(({ target }) => target?.rssBytes),
      heapBytes: evidence.spread(({ target }) => target?.heapBytes),
      eventLoopDelayMs: evidence.spread(({ target }) => target?.eventLoopDelayMs),
      requestsServed: evidence.fold.counter("http_reqs") ?? 0,
      died: null,
    },
    host: {
      os: "linux 6.12.0",
      arch: "x64",
      cpu: "AMD Ryzen 7 7840U",
      cores: 8,
      memoryBytes: 32e9,
      fingerprint: "82dd226816a6",
    },
    versions: { plimsoll: "0.1.0", node: "v24.21.0", k6: "v2.2.0" },
    commit: { sha: "9971f9f0c3a1d2e4b5f60718293a4b5c6d7e8f90", dirty: false },
    startedAt: iso(0),
    endedAt: iso(windows.length),
    plan: { ...plan },
  };
}

/** Before anything is known: what a run leaves behind that was killed at once. */
export function emptySample(scenario: string): Sample {
  const { run } = sample(scenario, { seconds: 1 });
  return {
    run: {
      ...run,
      state: "running",
      verdict: null,
      exitCode: null,
      reasons: [],
      sla: [],
      findings: {},
      series: [],
      phases: [],
      generator: {
        healthy: true,
        reasons: [],
        dropped: { count: 0, byTarget: 0, blame: "none" },
        pacingLagP99Ms: null,
        k6CpuCores: null,
        k6RssBytes: null,
        benchCpuCores: null,
        otherCpuCores: null,
        benchLoopDelayP99Ms: null,
        lateSamples: 0,
        overflowSamples: 0,
        k6ExitCode: null,
      },
      target: {
        ...run.target,
        command: null,
        pid: null,
        cpuCores: null,
        rssBytes: null,
        heapBytes: null,
        eventLoopDelayMs: null,
        requestsServed: null,
      },
      commit: null,
      endedAt: null,
    },
    windows: [],
    resources: [],
  };
}

/** Text that breaks out of HTML, XML, Markdown tables, code spans, terminals or echarts' rich text where it can. */
export const HOSTILE =
  "<script>alert(1)</script><img src=x onerror=alert(2)>|`` ` \n]]>&\"'\u0000\u001b[31m@octocat {a|b} **x** </details>";

/** A run in which every free text is hostile. */
export function hostileSample(): Sample {
  const { run, windows, resources } = sample("interceptor-overhead", { seconds: 4 });
  const { overhead } = run.findings;
  const rename = (tags: Readonly<Record<string, string>>) => ({
    ...tags,
    variant: `${tags.variant}${HOSTILE}`,
  });
  return {
    run: {
      ...run,
      run: HOSTILE,
      verdict: "fail",
      reasons: [HOSTILE, HOSTILE],
      sla: run.sla.map((row) => ({
        ...row,
        id: HOSTILE,
        title: HOSTILE,
        metric: HOSTILE,
        tags: { [HOSTILE]: HOSTILE },
        stat: HOSTILE,
        unit: HOSTILE,
        note: HOSTILE,
      })),
      ...(overhead && {
        findings: {
          overhead: {
            ...overhead,
            rows: overhead.rows.map((row) => ({ ...row, variant: row.variant + HOSTILE })),
          },
        },
      }),
      generator: { ...run.generator, healthy: false, reasons: [HOSTILE] },
      target: {
        ...run.target,
        kind: "command",
        name: HOSTILE,
        url: HOSTILE,
        command: HOSTILE,
        died: { exitCode: 1, signal: HOSTILE, atSeconds: 1, lastLog: [HOSTILE, "```", "~~~"] },
      },
      host: { ...run.host, os: HOSTILE, arch: HOSTILE, cpu: HOSTILE, fingerprint: HOSTILE },
      versions: { plimsoll: HOSTILE, node: HOSTILE, k6: HOSTILE },
      commit: { sha: HOSTILE, dirty: true },
      startedAt: HOSTILE,
    },
    windows: windows.map((window) => ({
      ...window,
      series: window.series.map((series) => ({ ...series, tags: rename(series.tags) })),
    })),
    resources,
  };
}
