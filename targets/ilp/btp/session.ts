import { FrameType, type FrameView } from "../../../wire/btp.ts";
import type { Clock } from "./clock.ts";
import { Counters } from "./counters.ts";
import { BtpError } from "./error.ts";
import type { Limits } from "./limits.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { FrameWriter } from "./outbox.ts";
import { Pending, TICK_MS, type Waiting } from "./pending.ts";

/**
 * What is done with what peers send. All are called from the event loop's reads, with a view that is used again for the
 * next frame: keep nothing of the view. The bytes under it stay as they are and may be kept, but a slice keeps the whole
 * read of up to 64 KiB in memory: copy what is to stay longer than the packet is under way.
 */
export interface Handler {
  /**
   * A Message with an ILP packet, to be answered once with {@link Link.respond} or {@link Link.refuse}.
   *
   * @param overload why it is to be refused at once, in words of the packet's own protocol, and without work
   */
  onMessage(link: Link, message: FrameView, overload?: Overload): void;
  /** A Transfer, to be answered once, mostly with {@link Link.acknowledge}. */
  onTransfer(link: Link, transfer: FrameView): void;
  onUp?(session: Session): void;
  onDown?(session: Session, why: LinkEnd): void;
  /** A peer that we dial has not been up for a while, for what came of the last try; once until it is up again. */
  onUnreached?(session: Session, why: string): void;
  /** An error that this handler, or someone waiting, threw. The link stays. */
  onFault?(session: Session, error: unknown): void;
}

/**
 * Why a peer's request is to be refused at once. `INBOUND_FULL`: too many by this link wait for us, and what is not answered
 * at once gets a BTP Error. `BACKPRESSURE`: the peer does not read its answers.
 */
export type Overload = "INBOUND_FULL" | "BACKPRESSURE";

/** Why a request was not sent. `BACKPRESSURE`: the peer reads too slowly; `PENDING_FULL`: it answers too slowly. */
export type Refusal = "DOWN" | "BACKPRESSURE" | "PENDING_FULL";

export interface SessionOptions {
  readonly handler: Handler;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Links it may have at a time; 1 unless given. */
  readonly sockets?: number;
}

/** One peer, whichever side dials: it outlives the links that come and go. */
export class Session {
  readonly peer: string;
  readonly handler: Handler;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly counters = new Counters();
  readonly #pending: Pending;
  readonly #sockets: number;
  /** The newest last. */
  readonly #links: Link[] = [];
  #turn = 0;
  #ticking: unknown;
  #closing = false;

  /** @param peer its name in the config */
  constructor(peer: string, { handler, limits, clock, sockets = 1 }: SessionOptions) {
    this.peer = peer;
    this.handler = handler;
    this.limits = limits;
    this.clock = clock;
    this.#sockets = sockets;
    this.#pending = new Pending(limits.pending);
  }

  get up(): boolean {
    return this.#links.length > 0;
  }

  /** Whether it takes no new requests any more, of either side. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Requests of ours without an answer. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Requests of the peer without an answer. */
  get unanswered(): number {
    return this.#links.reduce((sum, { unanswered }) => sum + unanswered, 0);
  }

  /** Bytes that wait for the peer to read, over all its links. Asked for every packet. */
  get waitingBytes(): number {
    let sum = 0;
    for (const link of this.#links) sum += link.waitingBytes;
    return sum;
  }

  /** Whether the peer reads too slowly: it is given no new requests. */
  get congested(): boolean {
    return this.waitingBytes > this.limits.softBytes;
  }

  /**
   * Whether the peer does not read our answers: its own requests are refused. What others send it stops at `softBytes`, so
   * what waits far beyond them are answers; a flood of others' requests takes nothing from a peer that sends.
   */
  get unread(): boolean {
    const { softBytes, hardBytes } = this.limits;
    return this.waitingBytes > (softBytes + hardBytes) / 2;
  }

  /** Answers cannot be refused, so where too much waits for the peer, the link goes that has most of it; for the link. */
  cutOverflow(): void {
    if (this.waitingBytes <= this.limits.hardBytes) return;
    const fullest = this.#links.reduce((a, b) => (b.waitingBytes > a.waitingBytes ? b : a));
    fullest.end("OVERFLOW");
  }

  /**
   * Sends a Message or a Transfer, or says at once why not; nothing is kept for later.
   *
   * @param size what the writer will write, in bytes
   * @param write given the request id the frame is to carry
   * @param waiting told the answer, or that there is none
   * @param timeoutMs how long to wait for it; finite, and at once where it is not above 0
   * @throws BtpError, and what the writer throws; nobody waits then
   */
  request(size: number, write: FrameWriter, waiting: Waiting, timeoutMs: number): Refusal | undefined {
    if (!Number.isFinite(timeoutMs))
      throw new BtpError("BAD_TIMEOUT", `a request that waits for ${timeoutMs} ms`);
    const link = this.#nextLink();
    const pending = this.#pending;
    if (link === undefined || this.#closing) {
      this.counters.refusedDown++;
      return "DOWN";
    }
    if (pending.full) {
      this.counters.refusedPendingFull++;
      return "PENDING_FULL";
    }
    if (this.congested) {
      this.counters.refusedBackpressure++;
      return "BACKPRESSURE";
    }
    link.put(size, pending.peekId(), write);
    pending.add(waiting, this.clock.now(), timeoutMs);
    this.#ticking ??= this.clock.after(TICK_MS, this.#tick);
    return undefined;
  }

  /** An answer of the peer; for the link. */
  answered(view: FrameView): void {
    const { counters } = this;
    if (view.type === FrameType.response) counters.responsesIn++;
    else counters.errorsIn++;
    const waiting = this.#pending.take(view.requestId);
    if (waiting === undefined) {
      // No answer to these either (RFC 0023, Flow).
      if (this.#pending.hasTimedOut(view.requestId)) counters.lateAnswers++;
      else counters.unexpectedAnswers++;
      return;
    }
    try {
      waiting.onAnswer(view);
    } catch (error) {
      this.fault(error);
    }
  }

  /** Requests take the links in turn. */
  #nextLink(): Link | undefined {
    if (this.#links.length < 2) return this.#links[0];
    this.#turn = (this.#turn + 1) % this.#links.length;
    return this.#links[this.#turn];
  }

  /**
   * Takes over a new link. Of too many the oldest goes, so that of one the newest wins: a peer that connects again has
   * mostly lost the link before.
   */
  attach(link: Link): void {
    if (this.#links.length >= this.#sockets) this.#links[0]?.end("REPLACED");
    this.#links.push(link);
    this.counters.ups++;
    this.#tell(() => this.handler.onUp?.(this));
  }

  /**
   * A link has ended; for the link. With the last one go all requests that wait; one that went over another of several is
   * left to its time-out.
   */
  detach(link: Link, why: LinkEnd): void {
    const { counters } = this;
    if (why === "REPLACED") counters.replaced++;
    else if (why === "STALLED") counters.stalled++;
    else if (why === "OVERFLOW") counters.overflowed++;
    else if (why === "SILENT") counters.silent++;
    const at = this.#links.indexOf(link);
    if (at >= 0) this.#links.splice(at, 1);
    if (this.#links.length === 0) this.#loseAll();
    this.#tell(() => this.handler.onDown?.(this, why));
  }

  #loseAll(): void {
    this.clock.cancel(this.#ticking);
    this.#ticking = undefined;
    const lost = this.#pending.clear();
    this.counters.lost += lost.length;
    for (const waiting of lost) this.#tell(() => waiting.onFailure("LINK_LOST"));
  }

  /** It does not come up; for its dialer. */
  unreached(why: string): void {
    this.#tell(() => this.handler.onUnreached?.(this, why));
  }

  /** An error of the handler; for the link. */
  fault(error: unknown): void {
    this.counters.faults++;
    this.handler.onFault?.(this, error);
  }

  /** Lets what is under way be answered, for at most `drainMs`, then ends the link. */
  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    const until = this.clock.now() + drainMs;
    while (this.pending + this.unanswered > 0 && this.clock.now() < until) {
      await new Promise<void>((resolve) => this.clock.after(TICK_MS, resolve));
    }
    for (const link of [...this.#links]) link.end("GOING_AWAY");
  }

  readonly #tick = () => {
    this.#ticking = undefined;
    for (const waiting of this.#pending.expire(this.clock.now())) {
      this.counters.timedOut++;
      this.#tell(() => waiting.onFailure("TIMED_OUT"));
    }
    if (this.#pending.size > 0) this.#ticking ??= this.clock.after(TICK_MS, this.#tick);
  };

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.fault(error);
    }
  }
}
