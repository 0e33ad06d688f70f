/** What every hop tells of a packet that it carries (targets/ilp/telemetry/event.ts). */
export const HOP_EVENTS = ["PACKET_RECEIVED", "ROUTE_LOOKUP", "PACKET_SENT"] as const;

/** With more, an event each would not fit into the bits of a number. */
export const MOST_HOPS = 10;

/** How far a packet has come, by the telemetry that was seen of it. Times are epoch milliseconds. */
export interface Trace {
  /** When the packet was due to be sent. */
  readonly dueMs: number;
  /** A bit for each event of each hop. */
  seen: number;
  /** When the first hop received it, and when the last one sent it on, by their clocks. */
  enteredMs: number;
  leftMs: number;
}

/**
 * The packets whose telemetry is awaited, oldest first, and what was seen of it. Memory is that of `capacity` packets: the
 * caller takes out those that are too old, and one more when there is no room.
 */
export class PacketTraces {
  readonly #hops: readonly string[];
  readonly #capacity: number;
  /** By packet id, in the order in which they were sent. */
  readonly #traces = new Map<string, Trace>();
  /** Bit by hop and type of event. */
  readonly #bits = new Map<string, number>();
  readonly #all: number;
  /** Packets of which something is missing still. */
  open = 0;
  /**
   * Events since the caller last set these to 0: seen for the first time, again, and of packets that are not in here: another
   * sender's, or taken out before.
   */
  seen = 0;
  twice = 0;
  strange = 0;

  /**
   * @param hops their nodeIds, from the first that a packet enters to the last that it leaves; at most {@link MOST_HOPS}
   * @param capacity packets at once, at least 1
   */
  constructor(hops: readonly string[], capacity: number) {
    this.#hops = hops;
    this.#capacity = capacity;
    for (const key of this.#keys()) this.#bits.set(key, 1 << this.#bits.size);
    this.#all = 2 ** this.#bits.size - 1;
  }

  get size(): number {
    return this.#traces.size;
  }

  get full(): boolean {
    return this.size >= this.#capacity;
  }

  /** When the oldest packet in here was due; Infinity when there is none. */
  get oldestDueMs(): number {
    for (const { dueMs } of this.#traces.values()) return dueMs;
    return Number.POSITIVE_INFINITY;
  }

  /** A packet is sent. */
  add(packetId: string, dueMs: number): void {
    this.#traces.set(packetId, { dueMs, seen: 0, enteredMs: 0, leftMs: 0 });
    this.open++;
  }

  /** An event came. The packet's trace, if it was the last event of it that was missing. */
  saw(hop: string, type: string, packetId: string, timestampMs: number): Trace | undefined {
    const trace = this.#traces.get(packetId);
    const bit = this.#bits.get(keyOf(hop, type));
    if (trace === undefined || bit === undefined) {
      this.strange++;
      return undefined;
    }
    if ((trace.seen & bit) !== 0) {
      this.twice++;
      return undefined;
    }
    this.seen++;
    trace.seen |= bit;
    if (hop === this.#hops[0] && type === "PACKET_RECEIVED") trace.enteredMs = timestampMs;
    if (hop === this.#hops.at(-1) && type === "PACKET_SENT") trace.leftMs = timestampMs;
    if (trace.seen !== this.#all) return undefined;
    this.open--;
    return trace;
  }

  /** Takes out the oldest packet: its trace, if something of it is missing still. */
  takeOldest(): Trace | undefined {
    for (const [packetId, trace] of this.#traces) {
      this.#traces.delete(packetId);
      if (trace.seen === this.#all) return undefined;
      this.open--;
      return trace;
    }
    return undefined;
  }

  /** The events that were not seen of a packet, in words: `PACKET_SENT of C`. */
  missingOf({ seen }: Trace): string[] {
    return [...this.#bits].filter(([, bit]) => (seen & bit) === 0).map(([key]) => key);
  }

  *#keys(): Generator<string> {
    for (const hop of this.#hops) for (const type of HOP_EVENTS) yield keyOf(hop, type);
  }
}

const keyOf = (hop: string, type: string) => `${type} of ${hop}`;
