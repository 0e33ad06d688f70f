import { EpochClock } from "./epoch-clock.ts";

/**
 * What a node tells of itself, and the one form in which it travels: from a node to the hub, and from the hub to its
 * subscribers, a WebSocket text frame is one batch of one node.
 *
 *     {"v":1,"node":"A","from":4711,"dropped":0,"events":[
 *       {"type":"PACKET_RECEIVED","packetId":"mZ0kQYFv3cG9-_aB","peer":"alice","amount":"100","timestamp":1790000000000.125},
 *       {"type":"ROUTE_LOOKUP","packetId":"mZ0kQYFv3cG9-_aB","peer":"b","amount":"100","timestamp":1790000000000.130},
 *       {"type":"PACKET_SENT","packetId":"mZ0kQYFv3cG9-_aB","peer":"b","amount":"99","timestamp":1790000000000.180},
 *       {"type":"PACKET_REJECTED","packetId":"mZ0kQYFv3cG9-_aB","peer":"alice","amount":"100","timestamp":1790000000003.001,"code":"T04"},
 *       {"type":"NODE_STATUS","timestamp":1790000000050.000,"status":"ready","ledger":"up","held":12},
 *       {"type":"LOG","timestamp":1790000000060.000,"level":"warn","message":"peer b is gone"}]}
 *
 * - `node` is the nodeId of every event in the batch.
 * - `from` is how many events this node process sent before this batch. So `from + events.length` is the next batch's
 *   `from`; a greater one says that batches were lost on the way, a smaller one that the node began anew. (With a filter by
 *   types it still is the whole batch's, and events are fewer.)
 * - `dropped` is how many events the node dropped since the batch before: it had no room for them, newest first to go, or
 *   they were lost with a connection to the hub that had not taken them. The latter are in the gap that `from` shows, too.
 * - `packetId` is the same at every hop, see wire/packet-id.ts.
 * - `peer` is who the event is about: the sender's side for PACKET_RECEIVED, PACKET_FULFILLED and PACKET_REJECTED, the
 *   next hop for ROUTE_LOOKUP ("" where there is no route) and PACKET_SENT.
 * - `amount` is a decimal string, because a u64 does not fit into a JSON number.
 * - `timestamp` is epoch milliseconds, three digits of fraction, by the node's one clock: see {@link epochMs}.
 *
 * To subscribers the hub also sends, in frames of their own:
 *
 *     {"v":1,"missed":3}     3 batches were left out because this subscriber read too slowly; sent before the next batch
 *     {"pong":"17"}          the answer to {"ping":"17"}, or to any ping whose id is a number or a short string
 */
export interface Batch {
  readonly v: 1;
  readonly node: string;
  readonly from: number;
  readonly dropped: number;
  readonly events: readonly TelemetryEvent[];
}

export type TelemetryEvent = PacketEvent | NodeStatusEvent | LogEvent;

export interface PacketEvent {
  readonly type: (typeof PACKET_EVENTS)[number];
  readonly packetId: string;
  readonly peer: string;
  readonly amount: string;
  readonly timestamp: number;
  /** Of PACKET_REJECTED: the Reject's code. */
  readonly code?: string;
}

export interface NodeStatusEvent {
  readonly type: "NODE_STATUS";
  readonly timestamp: number;
  /** `ready`, `degraded` while its ledger is down, `stopping`: see ../node/status-reports.ts for when a node says so. */
  readonly status: string;
  /** What the node says of itself beside that. */
  readonly [field: string]: string | number | boolean;
}

export interface LogEvent {
  readonly type: "LOG";
  readonly timestamp: number;
  readonly level: string;
  readonly message: string;
}

/** The types that are about a packet; their index is their number in the ring. */
export const PACKET_EVENTS = [
  "PACKET_RECEIVED",
  "ROUTE_LOOKUP",
  "PACKET_SENT",
  "PACKET_FULFILLED",
  "PACKET_REJECTED",
] as const;

export const EVENT_TYPES = [...PACKET_EVENTS, "NODE_STATUS", "LOG"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const MAX_NODE_ID = 64;

/** What a nodeId may be: it stands in URLs, file names and JSON as it is. */
export const NODE_ID = new RegExp(`^[A-Za-z0-9_.-]{1,${MAX_NODE_ID}}$`);

/**
 * Most bytes of a batch, for whoever makes one and whoever takes one. k6's WebSockets and browsers take more, but a frame
 * delays those behind it.
 */
export const MAX_BATCH_BYTES = 1_000_000;

const clock = new EpochClock(
  () => Date.now(),
  () => performance.now(),
);

/**
 * The clock of all events: epoch milliseconds with a fraction. Times rise with what happens, unless the system's clock is
 * set, which they follow; the nodes of one machine agree to some 20 us.
 */
export function epochMs(): number {
  return clock.at(performance.now());
}

/**
 * The same for a moment that was just read from the monotonic clock.
 *
 * @param runMs `performance.now()`
 */
export function epochMsAt(runMs: number): number {
  return clock.at(runMs);
}
