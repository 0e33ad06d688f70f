import { BatchEncoder, MAX_TEXT_BYTES } from "./batch-encoder.ts";
import { epochMs, PACKET_EVENTS } from "./event.ts";
import { EventRing } from "./event-ring.ts";
import { Publisher } from "./publisher.ts";

export interface TelemetryOptions {
  readonly nodeId: string;
  /** ws://host:port of the hub; undefined turns telemetry off. */
  readonly hub: string | undefined;
  /** A batch leaves this often at the latest. */
  readonly batchMs: number;
  /** And as soon as this many events wait. */
  readonly batchEvents: number;
  /** Events that may wait; rounded up to a power of two. */
  readonly queue: number;
}

/** Counts since the start. */
export interface TelemetryCounts {
  /** Events recorded, those that were dropped too. */
  readonly recorded: number;
  /** Events that the system has taken, to pass them on to the hub. */
  readonly published: number;
  readonly batches: number;
  /** Events there was no room for, and those that were lost with a connection that did not take them. */
  readonly dropped: number;
  /** Recorded, and neither published nor dropped yet. */
  readonly waiting: number;
  readonly connected: boolean;
  /** Connections made to the hub. */
  readonly connections: number;
}

const RECEIVED = PACKET_EVENTS.indexOf("PACKET_RECEIVED");
const ROUTED = PACKET_EVENTS.indexOf("ROUTE_LOOKUP");
const SENT = PACKET_EVENTS.indexOf("PACKET_SENT");
const FULFILLED = PACKET_EVENTS.indexOf("PACKET_FULFILLED");
const REJECTED = PACKET_EVENTS.indexOf("PACKET_REJECTED");

/** Most characters of a log message. */
const MAX_MESSAGE = 500;

/**
 * A node's events on their way to the hub. Recording one writes a few numbers into a ring; they become JSON a batch at a
 * time, outside of the packet's path. Whatever the hub does, memory stays what it is: events wait in the ring while the hub
 * is away or slow, and are dropped and counted once that is full.
 *
 * Events of packets take the packet's condition as the place where it is, `bytes[at...]`: in a PrepareView that is
 * `bytes` and `amountAt + 25`. Peers are numbers from {@link peer}. `nowMs` is {@link epochMs}, taken by the caller, who
 * needs it anyway.
 */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #ring: EventRing;
  readonly #encoder: BatchEncoder;
  readonly #publisher: Publisher | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Of the ring's tail: from here on a full batch waits and has to be fetched. */
  #wakeAt: number;
  /** Events in batches that were sent. Each is unsent until the system has taken it: then it is published, or lost. */
  #sent = 0;
  #unsent = 0;
  #lost = 0;
  #batches = 0;
  #droppedTold = 0;
  readonly #sendFull = () => this.#send(this.#options.batchEvents);

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#ring = new EventRing(options.queue);
    this.#encoder = new BatchEncoder(options.nodeId);
    this.#wakeAt = options.batchEvents;
    if (options.hub === undefined) return;
    this.#publisher = new Publisher(options.hub, options.nodeId);
    this.#timer = setInterval(() => this.flush(), options.batchMs).unref();
  }

  /** The number of a peer, for the events about it. "" is nobody: the peer of a lookup that found no route. */
  peer(name: string): number {
    return this.#encoder.peer(name);
  }

  /** A Prepare came from a peer. */
  received(bytes: Uint8Array, at: number, peer: number, amount: number | bigint, nowMs: number): void {
    this.#packet(RECEIVED, bytes, at, peer, amount, nowMs, 0);
  }

  /** It was looked up which peer is the next hop. */
  routed(bytes: Uint8Array, at: number, peer: number, amount: number | bigint, nowMs: number): void {
    this.#packet(ROUTED, bytes, at, peer, amount, nowMs, 0);
  }

  /** The Prepare went on to a peer, with the amount it has from here on. */
  sent(bytes: Uint8Array, at: number, peer: number, amount: number | bigint, nowMs: number): void {
    this.#packet(SENT, bytes, at, peer, amount, nowMs, 0);
  }

  /** A Fulfill went back to a peer. */
  fulfilled(bytes: Uint8Array, at: number, peer: number, amount: number | bigint, nowMs: number): void {
    this.#packet(FULFILLED, bytes, at, peer, amount, nowMs, 0);
  }

  /**
   * A Reject went back to a peer.
   *
   * @param code three ASCII characters
   */
  rejected(
    bytes: Uint8Array,
    at: number,
    peer: number,
    amount: number | bigint,
    nowMs: number,
    code: string,
  ): void {
    const packed =
      ((code.charCodeAt(0) & 0xff) << 16) | ((code.charCodeAt(1) & 0xff) << 8) | (code.charCodeAt(2) & 0xff);
    this.#packet(REJECTED, bytes, at, peer, amount, nowMs, packed);
  }

  /** How the node is, and what it says of itself beside that: a few fields, as text at most 2048 bytes. */
  status(status: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void {
    this.#text({ type: "NODE_STATUS", timestamp: epochMs(), status, ...fields });
  }

  /** A line of the node's log; cut after 500 characters. */
  log(level: string, message: string): void {
    this.#text({ type: "LOG", timestamp: epochMs(), level, message: message.slice(0, MAX_MESSAGE) });
  }

  counts(): TelemetryCounts {
    const { tail, dropped, waiting } = this.#ring;
    return {
      recorded: tail + dropped,
      published: this.#sent - this.#unsent - this.#lost,
      batches: this.#batches,
      dropped: this.#dropped,
      waiting: waiting + this.#unsent,
      connected: this.#publisher?.connected ?? false,
      connections: this.#publisher?.connections ?? 0,
    };
  }

  get #dropped(): number {
    return this.#ring.dropped + this.#lost;
  }

  /** Sends all that waits, if the hub takes it. */
  flush(): void {
    this.#send(1);
  }

  /** Sends what waits and ends the connection. What the hub does not take in this time is lost. */
  async close(timeoutMs = 1000): Promise<void> {
    clearInterval(this.#timer);
    this.flush();
    await this.#publisher?.close(timeoutMs);
  }

  #packet(
    type: number,
    bytes: Uint8Array,
    at: number,
    peer: number,
    amount: number | bigint,
    nowMs: number,
    code: number,
  ): void {
    if (this.#publisher === undefined) return;
    this.#ring.packet(type, bytes, at, peer, amount, nowMs, code);
    if (this.#ring.tail >= this.#wakeAt) this.#wake();
  }

  #text(event: object): void {
    if (this.#publisher === undefined) return;
    const json = Buffer.from(JSON.stringify(event));
    if (json.length > MAX_TEXT_BYTES) this.#ring.dropped++;
    else this.#ring.text(json);
    if (this.#ring.tail >= this.#wakeAt) this.#wake();
  }

  /** After the packets of this turn of the event loop, not in the middle of one; and once until then. */
  #wake(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    setImmediate(this.#sendFull);
  }

  /** Sends batches as long as at least so many events wait and the hub takes them. */
  #send(atLeast: number): void {
    const ring = this.#ring;
    const publisher = this.#publisher;
    if (publisher === undefined) return;
    let ready = publisher.ready();
    while (ready && (ring.waiting >= atLeast || (atLeast === 1 && this.#dropped > this.#droppedTold))) {
      const { head } = ring;
      const dropped = this.#dropped - this.#droppedTold;
      const batch = this.#encoder.encode(ring, this.#options.batchEvents, this.#sent, dropped);
      const events = ring.head - head;
      this.#droppedTold += dropped;
      this.#sent += events;
      this.#unsent += events;
      this.#batches++;
      publisher.send(batch, (taken) => {
        this.#unsent -= events;
        if (taken) return;
        this.#lost += events;
        // It told nobody what it was to tell.
        this.#droppedTold -= dropped;
      });
      ready = publisher.ready();
    }
    // A hub that takes nothing is asked again by the timer, not by every event.
    this.#wakeAt = ready ? ring.head + this.#options.batchEvents : Number.POSITIVE_INFINITY;
  }
}
