import type { Frame } from "./cpu-profile.ts";

/** A part of a packet's cost, and what is in it, for people. */
export interface Stage {
  readonly name: string;
  readonly what: string;
}

export const IDLE = "idle";
export const GARBAGE = "garbage";
export const NATIVE = "native";

/** The main thread's. */
export const MAIN_STAGES: readonly Stage[] = [
  { name: "socket", what: "ws, Node's streams, their system calls" },
  { name: "btp", what: "sessions, pending requests, corked frames" },
  { name: "wire", what: "packets and frames read and written" },
  { name: "packet", what: "the path itself: who waits for whom" },
  { name: "checks", what: "rate, amounts, velocity, holds, credit, expiry" },
  { name: "routing", what: "the longest prefix" },
  { name: "hash", what: "SHA-256 of the fulfillment" },
  { name: "ledger", what: "entries queued, its thread woken and heard" },
  { name: "telemetry", what: "events recorded, encoded, sent" },
  { name: "claims", what: "what is owed, summed" },
  { name: "node", what: "metrics, logs, event-loop delay" },
  { name: "load", what: "not the path: a benchmark's sender and next hop" },
  { name: "loop", what: "Node's timers, ticks and promises" },
  { name: GARBAGE, what: "collection on this thread" },
  { name: NATIVE, what: "outside of JavaScript: the event loop, reads" },
];

/** The ledger thread's. */
export const LEDGER_STAGES: readonly Stage[] = [
  { name: "rows", what: "transfers held and settled: node:sqlite and ours" },
  { name: "commit", what: "accounts' sums, COMMIT: written and synced" },
  { name: "checkpoint", what: "the log copied into the file" },
  { name: "messages", what: "being woken, telling what is written" },
  { name: GARBAGE, what: "collection on this thread" },
  { name: NATIVE, what: "outside of JavaScript: the event loop" },
];

/** What V8 calls by a name in brackets. */
const V8: Readonly<Record<string, string>> = {
  "(idle)": IDLE,
  "(garbage collector)": GARBAGE,
  "(program)": NATIVE,
};

/** Rooms of targets/ilp that are stages; what lies in another is the node's own. */
const ROOMS = new Set(["btp", "packet", "checks", "routing", "ledger", "telemetry", "claims"]);

/** Stage of a function of the main thread; undefined for what works for its caller: events, buffers, natives. */
export function mainStageOf({ functionName, url }: Frame): string | undefined {
  if (url === "") return V8[functionName];
  if (/\/node_modules\/ws\//.test(url)) return "socket";
  if (/\/node_modules\//.test(url)) return "node";
  if (/\/wire\/[^/]+$/.test(url)) return "wire";
  if (/\/packet\/path-under-load\.ts$/.test(url)) return "load";
  const room = /\/targets\/ilp\/(\w+)\//.exec(url)?.[1];
  if (room !== undefined && ROOMS.has(room)) return room;
  if (/\/targets\//.test(url)) return "node";
  if (/^node:(net|stream|internal\/(stream|net|tls|webstreams))/.test(url)) return "socket";
  if (/^node:internal\/crypto/.test(url)) return "hash";
  if (/^node:(timers|internal\/(timers|process\/))/.test(url)) return "loop";
  // Of the bundled node's threads only the ledger's is sent messages.
  if (/^node:internal\/(worker|per_context\/messageport|event_target)/.test(url)) return "ledger";
  return undefined;
}

/** Stage of a function of the ledger's thread. SQLite shows as the function that calls it. */
export function ledgerStageOf({ functionName, url }: Frame): string | undefined {
  if (url === "") return V8[functionName];
  if (/\/ledger\/serve-books\.ts$/.test(url))
    return functionName === "checkpoint" ? "checkpoint" : "messages";
  if (/\/ledger\/books\.ts$/.test(url)) {
    if (functionName === "#transaction") return "commit";
    return functionName === "checkpoint" ? "checkpoint" : "rows";
  }
  if (/\/ledger\/account-sums\.ts$/.test(url)) return undefined;
  if (/\/targets\/ilp\/ledger\//.test(url)) return "rows";
  if (url.startsWith("node:")) return "messages";
  return undefined;
}
