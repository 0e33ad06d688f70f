import { bytes, latency, percent } from "../format.ts";
import { tracesOf } from "./charts/lines.ts";
import { columns, type TableBlock } from "./document.ts";
import type { Point, Timeline } from "./timeline.ts";

/** Into so many parts the load is cut, and the last is set against the first. */
const PARTS = 15;
/** In a shorter load a part is so few seconds that they say nothing. */
const SHORTEST_S = 60;

/**
 * Whether anything wears out: latency and memory in the last part of the load against the first, warm-up left out.
 * Undefined when the load was too short to tell.
 */
export function driftTable({ points, resources }: Timeline): TableBlock | undefined {
  const loaded = points.filter((point) => point.requests > point.warmUp);
  const [fromMs, toMs] = [loaded[0]?.fromMs ?? 0, loaded.at(-1)?.toMs ?? 0];
  if ((toMs - fromMs) / 1000 < SHORTEST_S) return undefined;
  const partMs = (toMs - fromMs) / PARTS;
  const inPart = <T extends { readonly fromMs: number; readonly toMs: number }>(
    all: readonly T[],
    n: number,
  ) =>
    all.filter((one) => {
      const at = (one.fromMs + one.toMs) / 2 - fromMs;
      return at >= n * partMs && at < (n + 1) * partMs;
    });
  const rows = (["p50", "p99"] as const).flatMap((stat) => {
    const [first, last] = [0, PARTS - 1].map((n) => mean(inPart(loaded, n).map(latencyAt(stat))));
    return first === undefined || last === undefined
      ? []
      : [[`latency ${stat}, ${meanOf(loaded)}`, latency(first), latency(last), changed(first, last)]];
  });
  const memory = tracesOf("rss", resources).flatMap(({ name }) => {
    const used = (n: number) => mean(inPart(resources, n).map(({ figures }) => figures.get(`rss/${name}`)));
    const [first, last] = [used(0), used(PARTS - 1)];
    return first === undefined || last === undefined
      ? []
      : [[`memory of ${name}`, bytes(first), bytes(last), changed(first, last)]];
  });
  return {
    kind: "table",
    caption: "Drift: the last fifteenth of the load against the first",
    columns: columns("", "!First", "!Last", "!Change"),
    rows: [...rows, ...memory],
  };
}

/** Of a long run neighbouring seconds are one stretch, with a percentile of all its requests. */
function meanOf(points: readonly Point[]): string {
  const seconds = Math.max(...points.map((point) => Math.round(point.seconds)));
  return seconds <= 1 ? "mean second" : `mean of stretches of ${seconds} s`;
}

const latencyAt = (stat: "p50" | "p99") => (point: Point) => point.latency?.[stat];

function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function changed(first: number, last: number): string {
  if (first === 0) return "";
  const change = (100 * (last - first)) / first;
  return `${change > 0 ? "+" : ""}${percent(change)}`;
}
