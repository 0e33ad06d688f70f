import { z } from "zod";
import { bytes, cores, count, duration, latency, percent, rate, signed } from "../format.ts";
import type { Estimate, Run, Spread } from "../results/run-schema.ts";
import { booksSentences } from "./books-sentences.ts";
import type { Charts } from "./charts/charts.ts";
import { type Block, type Cell, type Column, NONE, type Section, type TableBlock } from "./document.ts";
import { forwardingSentences } from "./forwarding-sentences.ts";
import type { Scope } from "./scope.ts";
import type { Group, Timeline } from "./timeline.ts";

/** The sections of a report in the order of their weight: why it died, what it found, then the evidence. */
export function sectionsOf(run: Run, timeline: Timeline, scope: Scope, charts: Charts): Section[] {
  return [
    died(run),
    findings(run, charts),
    { id: "over-time", title: "Over time", blocks: [{ kind: "charts" as const, charts: charts.overTime }] },
    latencies(run, timeline, scope, charts),
    resources(run, charts),
    generator(run),
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

function findings(run: Run, charts: Charts): Section | undefined {
  const { knee, ladder, recovery, overhead, conservation, forwarding } = run.findings;
  if (Object.keys(run.findings).length === 0) return undefined;
  const blocks: Block[] = [];
  if (conservation) blocks.push({ kind: "text", text: booksSentences(conservation).join(" ") });
  if (forwarding) blocks.push({ kind: "text", text: forwardingSentences(forwarding).join(" ") });
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
        columns: columns("Callers", "!Throughput", "!p95", "!Failed", "State"),
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
  if (ladder) blocks.push(ladderTable(ladder));
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
    const cpu = baseline.cpuUs === null ? "" : ` and ${latency(baseline.cpuUs / 1000)} of CPU`;
    blocks.push(
      {
        kind: "text",
        text: `What a request costs more than with variant ${baseline.variant}, which takes p50 ${latency(baseline.p50Us / 1000)}, p95 ${latency(baseline.p95Us / 1000)}${cpu} (${count(baseline.n)} requests). In brackets: the 95 % bootstrap interval, from ${count(rounds)} interleaved blocks and ${count(resamples)} resamples.`,
      },
      {
        kind: "table",
        caption: "Overhead by variant",
        columns: columns("Variant", "!Requests", "!Added p50", "!Added p95", "!Added CPU"),
        rows: rows.map((row) => [
          row.variant,
          count(row.n),
          estimateCell(row.addedP50Us),
          estimateCell(row.addedP95Us),
          row.addedCpuUs ? estimateCell(row.addedCpuUs) : NONE,
        ]),
      },
    );
  }
  const [first, ...rest] = blocks;
  return {
    id: "findings",
    title: "Findings",
    blocks: [
      ...(first ? [first] : []),
      ...(charts.findings.length > 0 ? [{ kind: "charts" as const, charts: charts.findings }] : []),
      ...rest,
    ],
  };
}

function ladderTable({ rungs }: NonNullable<Run["findings"]["ladder"]>): TableBlock {
  return {
    kind: "table",
    caption: "Latency by rate",
    columns: columns("Packets/s", "!Achieved", "!p50", "!p99", "!p99.9", "!Failed"),
    rows: rungs.map((rung) => [
      count(rung.rate),
      count(rung.achieved),
      latency(rung.p50Ms),
      latency(rung.p99Ms),
      latency(rung.p999Ms),
      count(rung.failed),
    ]),
  };
}

function estimateCell({ value, low, high, distinguishable }: Estimate): Cell {
  return {
    value: `${signed(value)} µs`,
    detail: `[${signed(low)}, ${signed(high)}]`,
    clear: distinguishable,
  };
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

function generator({ generator: health, state }: Run): Section {
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

/** A title with a leading `!` is one of numbers. */
function columns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title: title.replace(/^!/, ""), numeric: title.startsWith("!") }));
}
