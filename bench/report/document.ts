import type { Estimate, Run, SlaState, Spread, Verdict } from "../results/run-schema.ts";
import type { Chart } from "./charts/chart.ts";
import type { Charts } from "./charts/charts.ts";
import {
  addedUs,
  bytes,
  cores,
  count,
  duration,
  latency,
  limitInUnit,
  measuredBeside,
  moment,
  percent,
  rate,
} from "./format.ts";
import { repeatCommand } from "./repeat.ts";
import type { Scope } from "./scope.ts";
import type { Group, Timeline } from "./timeline.ts";

/**
 * What a report says, in words and tables but in no markup: report.html and report.md are two renderings of it, so
 * they cannot tell different stories. All text in it is untrusted and for the renderers to escape.
 */
export interface Document {
  readonly title: string;
  readonly verdict: VerdictWords;
  readonly reasons: readonly string[];
  /** What is missing or partial. */
  readonly notices: readonly string[];
  readonly facts: readonly Fact[];
  readonly command: string;
  readonly sla: readonly SlaWords[];
  readonly sections: readonly Section[];
}

export type VerdictState = Verdict | "incomplete";

export interface VerdictWords {
  readonly state: VerdictState;
  readonly word: string;
  readonly sentence: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Shown in a fixed-width font: something to copy. */
  readonly code?: boolean;
}

export interface SlaWords {
  readonly id: string;
  readonly title: string;
  /** `http_req_duration{phase:hold} p95` */
  readonly source: string;
  readonly priority: string;
  readonly measured: string;
  readonly limit: string;
  readonly state: SlaState;
  readonly note: string;
}

export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "charts"; readonly charts: readonly Chart[] }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "log"; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
      /** Rows that stand out. */
      readonly strong?: readonly number[];
    };

export interface Column {
  readonly title: string;
  readonly numeric: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** No value: nothing was measured. */
export const NONE = "–";

export function documentOf(run: Run, timeline: Timeline, scope: Scope, charts: Charts): Document {
  return {
    title: `${run.scenario} · ${run.profile}`,
    verdict: verdictOf(run),
    reasons: run.reasons,
    notices: noticesOf(run, timeline),
    facts: factsOf(run, timeline),
    command: repeatCommand(run),
    sla: run.sla.map(slaWords),
    sections: [
      died(run),
      findings(run, charts),
      { id: "over-time", title: "Over time", blocks: [{ kind: "charts" as const, charts: charts.overTime }] },
      latencies(timeline, scope, charts),
      resources(run, charts),
      generator(run),
      host(run),
    ].filter((section) => section !== undefined),
  };
}

const VERDICT_WORDS: Readonly<Record<VerdictState, readonly [word: string, sentence: string]>> = {
  pass: ["Pass", "Every limit of the SLA was held."],
  warn: ["Warn", "A limit of second priority was crossed by at most 20 %; all of first priority were held."],
  fail: ["Fail", "A limit of the SLA was crossed."],
  "no-data": ["No data", "A metric that the SLA names has no samples, so nothing is said about the target."],
  invalid: [
    "Invalid",
    "The load generator was the limit, not the target, so nothing is said about the target.",
  ],
  incomplete: ["Incomplete", "The run has no verdict."],
};

function verdictOf({ verdict }: Run): VerdictWords {
  const state = verdict ?? "incomplete";
  const [word, sentence] = VERDICT_WORDS[state];
  return { state, word, sentence };
}

function noticesOf(run: Run, timeline: Timeline): string[] {
  const notices: string[] = [];
  if (run.state === "running")
    notices.push(
      "This run never ended by itself: either it still goes on or it was killed. What was written until then is shown.",
    );
  if (run.state === "interrupted")
    notices.push("This run was interrupted. What was measured until then is shown.");
  if (timeline.windows === 0)
    notices.push("There are no windows: k6 measured nothing, so the charts of requests are empty.");
  else if (timeline.windows === 1)
    notices.push("There is one window only: charts over time are single dots.");
  if (timeline.resources.length === 0) notices.push("There are no resource samples.");
  if (run.sla.length === 0) notices.push("No SLA was judged.");
  return notices;
}

function factsOf(run: Run, timeline: Timeline): Fact[] {
  const requests = timeline.points.reduce((sum, point) => sum + point.requests, 0);
  const failed = timeline.points.reduce((sum, point) => sum + point.failed, 0);
  const seconds =
    run.endedAt === null ? undefined : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const { target, commit } = run;
  const pid = target.pid === null ? "" : `, pid ${target.pid}`;
  return [
    { label: "Target", value: `${target.name} (${TARGET_KINDS[target.kind]}${pid})` },
    { label: "Address", value: target.url, code: true },
    { label: "Started", value: moment(run.startedAt) },
    { label: "Took", value: seconds === undefined ? NONE : duration(seconds) },
    {
      label: "Requests",
      value: `${count(requests)}, ${failed === 0 ? "none failed" : `${count(failed)} failed (${percent((100 * failed) / requests)})`}`,
    },
    {
      label: "Served, says the target",
      value: target.requestsServed === null ? "it does not say" : count(target.requestsServed),
    },
    {
      label: "Commit",
      value: commit ? `${commit.sha.slice(0, 12)}${commit.dirty ? ", with changes" : ""}` : NONE,
      code: commit !== null,
    },
    { label: "Host", value: `${run.host.cpu}, ${run.host.cores} cores, ${bytes(run.host.memoryBytes)}` },
    { label: "Run", value: run.run, code: true },
    { label: "Exit code", value: run.exitCode === null ? NONE : String(run.exitCode) },
  ];
}

const TARGET_KINDS = { bundled: "bundled", command: "started by a command", url: "already there" } as const;

export const SLA_WORDS: Readonly<Record<SlaState, string>> = {
  pass: "pass",
  warn: "warn",
  fail: "fail",
  "no-data": "no data",
  "not-applicable": "not applicable",
};

function slaWords(row: Run["sla"][number]): SlaWords {
  const { id, title, priority, metric, tags, stat, op, limit, unit, value, state, note } = row;
  return {
    id,
    title,
    source: `${metric}${selector(tags)} ${stat}`,
    priority,
    measured: value === null ? NONE : measuredBeside(value, limit, unit),
    limit: `${op} ${limitInUnit(limit, unit)}`,
    state,
    note: note ?? "",
  };
}

function selector(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function died({ target }: Run): Section | undefined {
  if (!target.died) return undefined;
  const { exitCode, signal, atSeconds, lastLog } = target.died;
  const how =
    signal !== null ? `signal ${signal}` : exitCode !== null ? `exit code ${exitCode}` : "no exit code";
  return {
    id: "died",
    title: "The target died",
    blocks: [
      {
        kind: "text",
        text: `After ${duration(atSeconds)}, with ${how}.${lastLog.length > 0 ? " The last it logged:" : " It logged nothing."}`,
      },
      ...(lastLog.length > 0 ? [{ kind: "log" as const, lines: lastLog }] : []),
    ],
  };
}

function findings(run: Run, charts: Charts): Section | undefined {
  const { knee, recovery, overhead } = run.findings;
  if (!knee && !recovery && !overhead) return undefined;
  const blocks: Block[] = [];
  if (knee) {
    const { at, stages } = knee;
    blocks.push(
      {
        kind: "text",
        text: at
          ? `The target held up to ${count(at.vus)} callers: ${rate(at.requestsPerSecond)} at a p95 of ${latency(at.p95Ms)}.`
          : "No stage held.",
      },
      {
        kind: "table",
        caption: "Load stages",
        columns: columns("!Callers", "!Throughput", "!p95", "!Failed", "State"),
        rows: stages.map((stage) => [
          count(stage.vus),
          rate(stage.requestsPerSecond),
          latency(stage.p95Ms),
          percent(stage.failedPercent),
          stage === at || (at && stage.vus === at.vus) ? "held, the knee" : stage.held ? "held" : "broke",
        ]),
        strong: at ? [stages.findIndex(({ vus }) => vus === at.vus)] : [],
      },
    );
  }
  if (recovery) {
    const { beforeP95Ms, limitMs, seconds, observedSeconds } = recovery;
    const back =
      seconds === null
        ? `was not back within the ${duration(observedSeconds)} that were observed`
        : `was back for good ${duration(seconds)} after the spike ended`;
    blocks.push({
      kind: "text",
      text: `p95 was ${latency(beforeP95Ms)} before the spike and ${back}; back means at most ${latency(limitMs)}.`,
    });
  }
  if (overhead) {
    const { baseline, rows, blocks: rounds, resamples } = overhead;
    const cpu = baseline.cpuUs === null ? "" : `, CPU ${latency(baseline.cpuUs / 1000)} a request`;
    blocks.push(
      {
        kind: "text",
        text: `Added to variant ${baseline.variant} (p50 ${latency(baseline.p50Us / 1000)}, p95 ${latency(baseline.p95Us / 1000)}${cpu}; ${count(baseline.n)} requests), a request. In brackets: 95 % bootstrap interval, ${count(rounds)} interleaved blocks, ${count(resamples)} resamples.`,
      },
      {
        kind: "table",
        caption: "Overhead by variant",
        columns: columns("Variant", "!Requests", "!Added p50", "!Added p95", "!Added CPU"),
        rows: rows.map((row) => [
          row.variant,
          count(row.n),
          estimateText(row.addedP50Us),
          estimateText(row.addedP95Us),
          row.addedCpuUs ? estimateText(row.addedCpuUs) : NONE,
        ]),
      },
    );
  }
  const [first, ...rest] = blocks;
  return {
    id: "findings",
    title: "Findings",
    blocks: [...(first ? [first] : []), { kind: "charts", charts: charts.findings }, ...rest],
  };
}

function estimateText(estimate: Estimate): string {
  const { value, low, high, distinguishable } = estimate;
  const interval = `${addedUs(value)} [${addedUs(low)}, ${addedUs(high)}]`;
  return distinguishable ? interval : `not distinguishable ${interval}`;
}

function latencies(timeline: Timeline, scope: Scope, charts: Charts): Section {
  const groups = [...timeline.groups].sort(byPhase);
  const hasVariants = new Set(groups.map(({ variant }) => variant)).size > 1;
  return {
    id: "latency",
    title: "Latency",
    blocks: [
      { kind: "charts", charts: charts.distribution },
      ...(groups.length === 0
        ? []
        : [
            {
              kind: "table" as const,
              caption: hasVariants ? "Latency by phase and variant" : "Latency by phase",
              columns: columns(
                "Phase",
                ...(hasVariants ? ["Variant"] : []),
                ..."Requests Failed p50 p90 p95 p99 p99.9 max".split(" ").map((title) => `!${title}`),
              ),
              rows: groups.map((group) => latencyRow(group, hasVariants)),
              strong: groups.flatMap(({ phase }, i) => (!hasVariants && phase === scope.name ? [i] : [])),
            },
          ]),
    ],
  };
}

const PHASE_ORDER = ["warm-up", "ramp", "hold", "spike", "recovery"];

function byPhase(a: Group, b: Group): number {
  const order = (phase: string) =>
    (PHASE_ORDER.indexOf(phase) + PHASE_ORDER.length + 1) % (PHASE_ORDER.length + 1);
  return order(a.phase) - order(b.phase) || (a.variant < b.variant ? -1 : 1);
}

function latencyRow(group: Group, hasVariants: boolean): string[] {
  const summary = group.latency.summary();
  const stats = (["p50", "p90", "p95", "p99", "p99.9", "max"] as const).map((stat) =>
    summary ? latency(summary[stat]) : NONE,
  );
  const failed =
    group.failed === 0
      ? "0"
      : `${count(group.failed)} (${percent((100 * group.failed) / Math.max(1, group.requests))})`;
  return [
    group.phase || NONE,
    ...(hasVariants ? [group.variant || NONE] : []),
    count(group.requests),
    failed,
    ...stats,
  ];
}

function resources({ target, generator }: Run, charts: Charts): Section {
  const rows: [string, Spread | null, (value: number) => string][] = [
    ["Target CPU", target.cpuCores, cores],
    ["Target memory (RSS)", target.rssBytes, bytes],
    ["Target heap", target.heapBytes, bytes],
    ["Target event-loop delay", target.eventLoopDelayMs, latency],
    ["k6 CPU", generator.k6CpuCores, cores],
    ["k6 memory (RSS)", generator.k6RssBytes, bytes],
    ["bench CPU", generator.benchCpuCores, cores],
  ];
  return {
    id: "resources",
    title: "Resources",
    blocks: [
      { kind: "charts", charts: charts.resources },
      {
        kind: "table",
        caption: "What the processes used",
        columns: columns("", "!mean", "!p95", "!max"),
        rows: rows.map(([name, spread, text]) => [
          name,
          ...(["avg", "p95", "max"] as const).map((stat) => (spread ? text(spread[stat]) : NONE)),
        ]),
      },
    ],
  };
}

function generator({ generator: health, state }: Run): Section {
  const { dropped, pacingLagP99Ms, benchLoopDelayP99Ms } = health;
  const blame = dropped.blame === "none" ? "" : `, because of the ${dropped.blame}`;
  return {
    id: "generator",
    title: "Load generator",
    blocks: [
      {
        kind: "text",
        text: health.healthy
          ? state === "complete"
            ? "Healthy: it was not the limit."
            : "Nothing was found against it until the run ended."
          : `Not healthy: ${health.reasons.join("; ") || "no reason given"}.`,
      },
      {
        kind: "facts",
        facts: [
          { label: "Dropped arrivals", value: `${count(dropped.count)}${blame}` },
          {
            label: "Pacing lag p99",
            value: pacingLagP99Ms === null ? "not paced" : latency(pacingLagP99Ms),
          },
          {
            label: "bench loop delay p99",
            value: benchLoopDelayP99Ms === null ? NONE : latency(benchLoopDelayP99Ms),
          },
          { label: "Late samples", value: count(health.lateSamples) },
          { label: "Samples past the series limit", value: count(health.overflowSamples) },
          { label: "k6 exit code", value: health.k6ExitCode === null ? NONE : String(health.k6ExitCode) },
        ],
      },
    ],
  };
}

function host({
  host: { os, arch, cpu, cores: n, memoryBytes, fingerprint },
  versions,
  target,
  commit,
}: Run): Section {
  return {
    id: "host",
    title: "Host and versions",
    blocks: [
      {
        kind: "facts",
        facts: [
          { label: "System", value: `${os} ${arch}` },
          { label: "Processor", value: `${cpu}, ${n} cores` },
          { label: "Memory", value: bytes(memoryBytes) },
          { label: "Fingerprint", value: fingerprint, code: true },
          { label: "Plimsoll", value: versions.plimsoll },
          { label: "k6", value: versions.k6 },
          { label: "Node", value: versions.node },
          ...(commit ? [{ label: "Commit", value: commit.sha, code: true }] : []),
          ...(target.command ? [{ label: "Target command", value: target.command, code: true }] : []),
        ],
      },
    ],
  };
}

/** A title with a leading `!` is one of numbers. */
function columns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title: title.replace(/^!/, ""), numeric: title.startsWith("!") }));
}
