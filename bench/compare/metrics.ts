import type { Block } from "../baseline/baseline-schema.ts";
import { blockQuantiles } from "../stats/block-quantiles.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Family } from "./policy.ts";

/** How often each block counts; once each without it. */
type Times = ArrayLike<number> | undefined;

/** A metric of one run, ready to be resampled. */
export interface Measured {
  /** Of all blocks, each as often as said. */
  readonly statistic: (times?: Times) => number;
  /** The same of each block alone, where it has any. */
  readonly byBlock: readonly number[];
}

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly unit: "ms" | "/s" | "%" | "cores" | "bytes";
  /** Which way is worse. */
  readonly worse: "more" | "less";
  /** A function of the blocks of each run; several metrics may share what one makes of them. */
  readonly of: (blocks: readonly Block[]) => Measured;
}

function latencyQuantile(percent: number): Metric {
  return {
    id: `latency-p${percent}`,
    title: `p${percent}`,
    family: "latency",
    unit: "ms",
    worse: "more",
    of: (blocks) => {
      const histograms = blocks.map(({ latency }) => {
        const histogram = new TrendHistogram();
        if (latency) histogram.add(latency);
        return histogram;
      });
      const all = blockQuantiles(histograms.map((histogram) => histogram.counts()));
      return {
        statistic: (times) => all.quantile(percent / 100, times),
        byBlock: histograms.flatMap((histogram) => histogram.percentile(percent) ?? []),
      };
    },
  };
}

/** A mean over time of what blocks have. */
function meanOf(pick: (block: Block) => number | null): Metric["of"] {
  return (blocks) => weighed(blocks, blocks.map(pick));
}

function weighed(blocks: readonly Block[], values: readonly (number | null)[]): Measured {
  return {
    statistic: (times) => {
      let [sum, seconds] = [0, 0];
      for (const [i, { seconds: length }] of blocks.entries()) {
        const value = values[i] ?? null;
        if (value === null) continue;
        const weight = length * (times ? (times[i] as number) : 1);
        sum += weight * value;
        seconds += weight;
      }
      return sum / seconds;
    },
    byBlock: values.filter((value) => value !== null),
  };
}

/** Right answers of all answers, percent. Unlike the share of the failed it is never near 0 of a target that works. */
function rightShare(blocks: readonly Block[]): Measured {
  const right = ({ requests, failed }: Block) => requests - failed;
  return {
    statistic: (times) => {
      let [good, all] = [0, 0];
      for (const [i, block] of blocks.entries()) {
        const weight = times ? (times[i] as number) : 1;
        good += weight * right(block);
        all += weight * block.requests;
      }
      return (100 * good) / all;
    },
    byBlock: blocks.flatMap((block) => (block.requests > 0 ? [(100 * right(block)) / block.requests] : [])),
  };
}

/** Stretches shorter than this, in blocks, keep their ends. */
const SHORT_STRETCH = 5;

/**
 * Right answers a second: a target that fails fast is not faster. A phase begins and ends within a second, so the blocks at
 * both ends of a stretch count less than a phase's rate and are left out of it.
 */
function rightAnswers(blocks: readonly Block[]): Measured {
  const rates: (number | null)[] = blocks.map(
    ({ requests, failed, seconds }) => (requests - failed) / seconds,
  );
  for (const { first, last } of stretches(blocks)) {
    if (last - first + 1 < SHORT_STRETCH) continue;
    rates[first] = null;
    rates[last] = null;
  }
  return weighed(blocks, rates);
}

/** Blocks of one part that follow each other without a gap. */
function stretches(blocks: readonly Block[]): { readonly first: number; readonly last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (const [i, block] of blocks.entries()) {
    const before = blocks[i - 1];
    const follows =
      before?.part === block.part &&
      Date.parse(before.from) + before.seconds * 1000 === Date.parse(block.from);
    const open = found.at(-1);
    if (follows && open) open.last = i;
    else found.push({ first: i, last: i });
  }
  return found;
}

/** What is compared, in the order it is shown. */
export const METRICS: readonly Metric[] = [
  latencyQuantile(50),
  latencyQuantile(95),
  latencyQuantile(99),
  {
    id: "throughput",
    title: "answers/s",
    family: "throughput",
    unit: "/s",
    worse: "less",
    of: rightAnswers,
  },
  {
    id: "right-answers",
    title: "right answers",
    family: "success",
    unit: "%",
    worse: "less",
    of: rightShare,
  },
  {
    id: "cpu",
    title: "CPU cores",
    family: "cpu",
    unit: "cores",
    worse: "more",
    of: meanOf(({ cpuCores }) => cpuCores),
  },
  {
    id: "rss",
    title: "memory",
    family: "memory",
    unit: "bytes",
    worse: "more",
    of: meanOf(({ rssBytes }) => rssBytes),
  },
  {
    id: "heap",
    title: "heap",
    family: "memory",
    unit: "bytes",
    worse: "more",
    of: meanOf(({ heapBytes }) => heapBytes),
  },
];
