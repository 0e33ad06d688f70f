import { count, latency } from "../format.ts";
import type { Run } from "../results/run-schema.ts";
import { columns, NONE, type TableBlock } from "./document.ts";

/** What k6 calls a request's own time: over HTTP, and of a whole session over WebSocket. */
const DURATIONS = new Set(["http_req_duration", "ws_session_duration"]);

/** Most rows; the busiest are shown. */
const MOST_ROWS = 30;

const STATS = ["p50", "p95", "p99", "max"] as const;

/** Every kind of request k6 made, by its name and status, and how long they took on the wire; undefined when it made none. */
export function requestsTable({ series }: Run): TableBlock | undefined {
  const requests = series.flatMap((one) => (one.type === "trend" && DURATIONS.has(one.metric) ? [one] : []));
  if (requests.length === 0) return undefined;
  const tagged = (tag: string) => requests.some(({ tags }) => tags[tag] !== undefined);
  const tags = ["scenario", "phase", "variant", "name", "status"].filter(tagged);
  return {
    kind: "table",
    caption:
      requests.length > MOST_ROWS
        ? `The ${MOST_ROWS} busiest of ${count(requests.length)} kinds of requests`
        : "Requests by name and status",
    columns: columns(
      ...tags.map((tag) => `${tag[0]?.toUpperCase()}${tag.slice(1)}`),
      "!Requests",
      ...STATS.map((stat) => `!${stat}`),
    ),
    rows: requests
      .toSorted((a, b) => b.n - a.n)
      .slice(0, MOST_ROWS)
      .map((one) => [
        ...tags.map((tag) => one.tags[tag] ?? NONE),
        count(one.n),
        ...STATS.map((stat) => latency(one.quantiles[stat])),
      ]),
  };
}
