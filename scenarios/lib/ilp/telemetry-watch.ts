import { Counter, Rate, Trend } from "k6/metrics";
import { packetId } from "../../../wire/packet-id.ts";
import type { Environment } from "../environment.ts";
import { type Plan, peakOf } from "../plan.ts";
import { Heartbeats } from "./heartbeats.ts";
import { readFrame, type Subscriber, subscribe } from "./hub-subscriber.ts";
import type { Watch } from "./paced-sender.ts";
import { HOP_EVENTS, MOST_HOPS, PacketTraces, type Trace } from "./packet-traces.ts";

/**
 * From when a packet was due to be sent until the last event of it, of any hop, had reached the subscriber's socket: both by
 * the clock of k6. A packet of which something never comes counts as long as it was waited for.
 */
const delay = new Trend("telemetry_delay", true);
/** Whether every event that a packet should have of every hop came: a sample a packet, with one of the delay. */
const complete = new Rate("telemetry_complete");
/** From when the first hop received a packet until the last one sent it on, by their clocks. */
const forwarding = new Trend("forwarding_latency", true);
/** By `outcome`: seen, missing, twice, and strange for those of packets that are not awaited here. */
const events = new Counter("telemetry_events");

const DEFAULTS = { hub: "ws://127.0.0.1:9000", hops: "A,B,C,D,E" };

/** Packets of a VU whose missing events are told of in words, and how many events of each by name. */
const TOLD = 3;
const NAMED = 4;

/**
 * Watches the telemetry of a plan's packets as two subscribers of the hub that `-e HUB=ws://...` names: one sees what the
 * hops `-e HOPS=A,B,...` (their nodeIds, in the order of a packet) tell of each packet, the other asks for heartbeats.
 */
export function telemetryWatch({ load, requestTimeoutMs }: Plan, env: Environment): () => Watch {
  const hub = (env.HUB || DEFAULTS.hub).replace(/\/+$/, "");
  const hops = (env.HOPS || DEFAULTS.hops).split(",");
  if (hops.length > MOST_HOPS) throw new Error(`HOPS names ${hops.length} nodes; ${MOST_HOPS} are the most`);
  const capacity = Math.ceil((peakOf(load) * requestTimeoutMs) / 1_000) + 1;
  return () => new TelemetryWatch(hub, new PacketTraces(hops, capacity), requestTimeoutMs);
}

/**
 * The watch of one VU. From its first packet on every packet counts, whatever becomes of the hub; where there is no hub at
 * that moment nothing is measured, so that rows about telemetry have no data.
 */
class TelemetryWatch implements Watch {
  readonly #hub: string;
  readonly #traces: PacketTraces;
  readonly #timeoutMs: number;
  readonly #subscriber: Subscriber;
  readonly #heartbeats: Heartbeats;
  #state: "connecting" | "watching" | "absent" = "connecting";
  /** Events that did not come and are not reported yet. */
  #missing = 0;
  /** Why they may not have come, as those say who lost them: events of nodes, batches of the hub. */
  readonly #lost = { events: 0, batches: 0 };
  #told = 0;

  constructor(hub: string, traces: PacketTraces, timeoutMs: number) {
    this.#hub = hub;
    this.#traces = traces;
    this.#timeoutMs = timeoutMs;
    this.#heartbeats = new Heartbeats(hub, timeoutMs);
    this.#subscriber = subscribe(hub, `?types=${HOP_EVENTS.join(",")}`, (text, atMs) =>
      this.#see(text, atMs),
    );
  }

  sent(condition: Uint8Array, dueMs: number): void {
    if (this.#state === "connecting") this.#begin(dueMs);
    if (this.#state === "absent") return;
    if (this.#traces.full) this.#giveUp(this.#traces.takeOldest(), dueMs);
    this.#traces.add(packetId(condition), dueMs);
  }

  tick(nowMs: number, sending: boolean): void {
    if (this.#state !== "watching") return;
    while (this.#traces.oldestDueMs < nowMs - this.#timeoutMs) this.#giveUp(this.#traces.takeOldest(), nowMs);
    if (sending) this.#heartbeats.tick(nowMs);
    this.#report();
  }

  get waiting(): boolean {
    if (this.#state !== "watching") return false;
    return (this.#subscriber.up && this.#traces.open > 0) || this.#heartbeats.waiting;
  }

  close(nowMs: number): void {
    while (this.#traces.size > 0) this.#giveUp(this.#traces.takeOldest(), nowMs);
    this.#report();
    this.#heartbeats.close();
    this.#subscriber.close();
  }

  #begin(dueMs: number): void {
    if (this.#subscriber.up && this.#heartbeats.up) {
      this.#state = "watching";
      this.#heartbeats.begin(dueMs);
      return;
    }
    this.#state = "absent";
    console.warn(
      `there is no telemetry hub at ${this.#hub}, so there is no data of it: -e HUB=ws://host:port`,
    );
  }

  #see(text: string, atMs: number): void {
    if (this.#state !== "watching") return;
    const { node = "", events: told = [], dropped = 0, missed = 0 } = readFrame(text);
    this.#lost.events += dropped;
    this.#lost.batches += missed;
    for (const { type, packetId: id, timestamp } of told) {
      const trace = this.#traces.saw(node, type, id, timestamp);
      if (trace === undefined) continue;
      complete.add(true);
      delay.add(atMs - trace.dueMs);
      forwarding.add(trace.leftMs - trace.enteredMs);
    }
  }

  #giveUp(trace: Trace | undefined, nowMs: number): void {
    if (trace === undefined) return;
    complete.add(false);
    delay.add(nowMs - trace.dueMs);
    const names = this.#traces.missingOf(trace);
    this.#missing += names.length;
    if (this.#told++ < TOLD) this.#complain(names);
  }

  #complain(names: readonly string[]): void {
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    const { events: ofNodes, batches } = this.#lost;
    const why = [
      ...(this.#subscriber.up ? [] : ["the hub is gone"]),
      ...(ofNodes > 0 ? [`nodes dropped ${ofNodes} events`] : []),
      ...(batches > 0 ? [`the hub left out ${batches} batches`] : []),
    ].join(", ");
    const what = `telemetry of a packet did not come: ${names.slice(0, NAMED).join(", ")}${more}`;
    console.warn(why === "" ? what : `${what} (${why})`);
  }

  /** Hands over what was counted since the last tick. */
  #report(): void {
    const traces = this.#traces;
    if (traces.seen + this.#missing + traces.twice + traces.strange === 0) return;
    for (const [outcome, count] of [
      ["seen", traces.seen],
      ["missing", this.#missing],
      ["twice", traces.twice],
      ["strange", traces.strange],
    ] as const) {
      if (count > 0) events.add(count, { outcome });
    }
    traces.seen = traces.twice = traces.strange = this.#missing = 0;
  }
}
