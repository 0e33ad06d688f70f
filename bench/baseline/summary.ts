import { TrendHistogram } from "../windows/histogram.ts";
import type { Block } from "./baseline-schema.ts";

/** Blocks put together. */
export interface BlocksSummary {
  readonly blocks: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly failedPercent: number;
  readonly latency: TrendHistogram;
  /** Means over time; null where no block has any. */
  readonly cpuCores: number | null;
  readonly rssBytes: number | null;
}

export function summaryOf(blocks: readonly Block[]): BlocksSummary {
  const latency = new TrendHistogram();
  for (const block of blocks) if (block.latency) latency.add(block.latency);
  const total = (pick: (block: Block) => number) => blocks.reduce((sum, block) => sum + pick(block), 0);
  const [seconds, requests] = [total((block) => block.seconds), total((block) => block.requests)];
  return {
    blocks: blocks.length,
    seconds,
    requestsPerSecond: requests / seconds,
    failedPercent: requests === 0 ? 0 : (100 * total((block) => block.failed)) / requests,
    latency,
    cpuCores: meanOverTime(blocks, "cpuCores"),
    rssBytes: meanOverTime(blocks, "rssBytes"),
  };
}

function meanOverTime(blocks: readonly Block[], resource: "cpuCores" | "rssBytes"): number | null {
  let [sum, seconds] = [0, 0];
  for (const block of blocks) {
    const value = block[resource];
    if (value === null) continue;
    sum += value * block.seconds;
    seconds += block.seconds;
  }
  return seconds === 0 ? null : sum / seconds;
}

/** The parts of a run in the order they came, each with its blocks. */
export function partsOf(blocks: readonly Block[]): Map<string, Block[]> {
  const parts = new Map<string, Block[]>();
  for (const block of blocks) {
    const part = parts.get(block.part);
    if (part) part.push(block);
    else parts.set(block.part, [block]);
  }
  return parts;
}
