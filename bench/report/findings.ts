import { count, duration, latency, percent, rate, signed } from "../format.ts";
import type { Estimate, Run } from "../results/run-schema.ts";
import { booksSentences } from "./books-sentences.ts";
import type { Charts } from "./charts/charts.ts";
import { type Block, type Cell, columns, NONE, type Section, type TableBlock } from "./document.ts";
import { forwardingSentences } from "./forwarding-sentences.ts";

/** What the scenario was run to find out: the first sentence, the charts, then tables. */
export function findings(run: Run, charts: Charts): Section | undefined {
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
