import { z } from "zod";
import { bytes, cores, count, duration, latency, percent } from "../format.ts";
import type { Run, Spread } from "../results/run-schema.ts";
import type { Chart } from "./charts/chart.ts";
import type { Charts } from "./charts/charts.ts";
import { columns, NONE, type Section, type TableBlock } from "./document.ts";
import { driftTable } from "./drift.ts";
import { findings } from "./findings.ts";
import { requestsTable } from "./requests-table.ts";
import type { Scope } from "./scope.ts";
import type { Group, Timeline } from "./timeline.ts";

/** The sections of a report in the order of their weight: why it died, what it found, then the evidence. */
export function sectionsOf(run: Run, timeline: Timeline, scope: Scope, charts: Charts): Section[] {
  return [
    died(run),
    findings(run, charts),
    overTime(timeline, charts),
    chartsAlone("variants", "Variants", charts.variants),
    chartsAlone("connectors", "Connectors", charts.connectors),
    latencies(run, timeline, scope, charts),
    resources(run, charts),
    generator(run, charts),
    host(run),
  ].filter((section) => section !== undefined);
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

function overTime(timeline: Timeline, charts: Charts): Section {
  const drift = driftTable(timeline);
  return {
    id: "over-time",
    title: "Over time",
    blocks: [{ kind: "charts", charts: charts.overTime }, ...(drift ? [drift] : [])],
  };
}

/** A section of what only some runs have. */
function chartsAlone(id: string, title: string, charts: readonly Chart[]): Section | undefined {
  return charts.length === 0 ? undefined : { id, title, aside: true, blocks: [{ kind: "charts", charts }] };
}

function latencies(run: Run, timeline: Timeline, scope: Scope, charts: Charts): Section {
  const groups = inOrder(run, timeline.groups);
  const hasVariants = new Set(groups.map(({ variant }) => variant)).size > 1;
  const stats = ["Requests", "Failed", "p50", "p90", "p95", "p99", "p99.9", "max"].map(
    (title) => `!${title}`,
  );
  const table: TableBlock = {
    kind: "table",
    caption: hasVariants ? "Latency by phase and variant" : "Latency by phase",
    columns: columns("Phase", ...(hasVariants ? ["Variant"] : []), ...stats),
    rows: groups.map((group) => latencyRow(group, hasVariants)),
    strong: groups.flatMap(({ phase }, i) => (!hasVariants && phase === scope.name ? [i] : [])),
  };
  return {
    id: "latency",
    title: "Latency",
    blocks: [{ kind: "charts", charts: charts.distribution }, ...(groups.length === 0 ? [] : [table])],
  };
}

/** In the order of a run, which no SLA reads the warm-up of; variants in the order of the plan. */
const PHASE_ORDER = ["ramp", "hold", "spike", "recovery", "warm-up"];

function inOrder({ plan }: Run, groups: readonly Group[]): Group[] {
  const blocks = z.object({ variants: z.array(z.string()) }).safeParse(plan.blocks);
  const variants = blocks.success ? blocks.data.variants : [];
  const place = (list: readonly string[], name: string) =>
    list.includes(name) ? list.indexOf(name) : list.length;
  return [...groups].sort(
    (a, b) =>
      place(PHASE_ORDER, a.phase) - place(PHASE_ORDER, b.phase) ||
      place(variants, a.variant) - place(variants, b.variant) ||
      (a.variant < b.variant ? -1 : 1),
  );
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

/** A name, what was measured, and how it is written. */
type ResourceRow = [string, Spread | null, (value: number) => string];

function resources({ target, generator }: Run, charts: Charts): Section {
  const rows: ResourceRow[] = [
    ["Target CPU", target.cpuCores, cores],
    ["Target memory (RSS)", target.rssBytes, bytes],
    ["Target heap", target.heapBytes, bytes],
    ["Target event-loop delay, p99 of a second", target.eventLoopDelayMs, latency],
    ...Object.entries(target.members ?? {}).flatMap(([name, { cpuCores, rssBytes, heapBytes }]) => {
      const own: ResourceRow[] = [
        [`${name}: CPU`, cpuCores, cores],
        [`${name}: memory (RSS)`, rssBytes, bytes],
        [`${name}: heap`, heapBytes, bytes],
      ];
      return own.filter(([, spread]) => spread !== null);
    }),
    ["k6 CPU", generator.k6CpuCores, cores],
    ["k6 memory (RSS)", generator.k6RssBytes, bytes],
    ["bench CPU", generator.benchCpuCores, cores],
    ["Other work on the machine, CPU", generator.otherCpuCores, cores],
    ...(generator.stolenCpuCores
      ? ([
          ["Taken by the machine's host (steal), CPU", generator.stolenCpuCores, cores],
        ] satisfies ResourceRow[])
      : []),
  ];
  return {
    id: "resources",
    title: "Resources",
    aside: true,
    blocks: [
      {
        kind: "charts",
        charts: charts.resources,
        beside: {
          kind: "table",
          caption: "What the processes used",
          columns: columns("", "!mean", "!p95", "!max"),
          rows: rows.map(([name, spread, text]) => [
            name,
            ...(["avg", "p95", "max"] as const).map((stat) => (spread ? text(spread[stat]) : NONE)),
          ]),
        },
      },
    ],
  };
}

function generator(run: Run, charts: Charts): Section {
  const { generator: health, state } = run;
  const requests = requestsTable(run);
  const { dropped, pacingLagP99Ms, benchLoopDelayP99Ms } = health;
  const blame = dropped.blame === "none" ? "" : `, because of the ${dropped.blame}`;
  return {
    id: "generator",
    title: "Load generator",
    aside: true,
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
            value: pacingLagP99Ms === null ? NONE : latency(pacingLagP99Ms),
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
      ...(charts.generator.length > 0 ? [{ kind: "charts" as const, charts: charts.generator }] : []),
      ...(requests ? [requests] : []),
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
    aside: true,
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
