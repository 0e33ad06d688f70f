import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";
import { LedgerError, MAX_AMOUNT, type Waiting } from "./ledger.ts";

const HALF = 2 ** 32;

export interface EntryQueueOptions {
  readonly maxTransfers: number;
  readonly maxDelayMs: number;
  readonly maxQueued: number;
  readonly maxHolds: number;
}

/**
 * The packet path's side of a ledger: notes entries, publishes them when there are enough for a batch or the first has
 * waited long enough, and tells who waits once they are written. It knows nothing of what writes them.
 */
export class EntryQueue {
  readonly ring: EntryRing;
  readonly #options: EntryQueueOptions;
  readonly #published: () => void;
  /** By slot of the ring. */
  readonly #waiting: (Waiting | undefined)[];
  readonly #full: LedgerError;
  readonly #publishLate = () => {
    this.#timed = false;
    this.publish();
  };

  /** Why reserves are not taken; nothing while all is well. */
  refusal: LedgerError | undefined = refusal("DOWN", "the ledger is not open yet");
  /** Nothing is taken any more. */
  closed = false;
  nextId = 0;
  /** Accounts have the numbers 1 to this. */
  accounts = 0;

  /** Posts whose outcome nobody was told yet. */
  waiting = 0;

  /** Positions in the ring, modulo 2^32. */
  #written = 0;
  #publishedTo = 0;
  #done = 0;
  #timed = false;

  /** Open, as of the last batch. */
  holds = 0;
  /** Reserves among what is queued: with the holds of the last batch, all that may be open. */
  #reserving = 0;
  reserved = 0;
  posted = 0;
  voided = 0;
  expired = 0;
  failed = 0;
  #refusedFull = 0;
  #refusedDown = 0;

  /** @param published called when there are new entries to write */
  constructor(options: EntryQueueOptions, published: () => void) {
    this.#options = options;
    this.#published = published;
    // Each hold that is open may still be settled, so settling always finds room.
    this.ring = new EntryRing(2 ** Math.ceil(Math.log2(options.maxQueued + options.maxHolds)));
    this.#waiting = new Array(this.ring.capacity).fill(undefined);
    this.#full = refusal(
      "FULL",
      `the ledger has ${options.maxQueued} entries or ${options.maxHolds} holds waiting`,
    );
  }

  /** Entries that are not written yet. */
  get queued(): number {
    return (this.#written - this.#done) >>> 0;
  }
  /** The position after the last entry. */
  get end(): number {
    return this.#written;
  }
  get refused(): { readonly full: number; readonly down: number } {
    return { full: this.#refusedFull, down: this.#refusedDown };
  }

  /** Whether everything before a position is written. */
  reached(position: number): boolean {
    return ((this.#done - position) | 0) >= 0;
  }

  /** As `Ledger.reserve`. */
  reserve(debit: number, credit: number, amount: number | bigint, expiresAtMs: number): number {
    if (this.refusal !== undefined) {
      this.#refusedDown++;
      throw this.refusal;
    }
    if (this.queued >= this.#options.maxQueued || this.holds + this.#reserving >= this.#options.maxHolds) {
      this.#refusedFull++;
      throw this.#full;
    }
    if (!(this.#knows(debit) && this.#knows(credit) && debit !== credit))
      throw new LedgerError("INVALID", `no transfer from account ${debit} to account ${credit}`);
    if (!Number.isFinite(expiresAtMs)) throw new LedgerError("INVALID", `an expiry of ${expiresAtMs}`);
    let low: number;
    let high: number;
    if (typeof amount === "number") {
      if (!(Number.isSafeInteger(amount) && amount >= 0)) throw invalidAmount(amount);
      low = amount >>> 0;
      high = (amount - low) / HALF;
    } else {
      if (amount < 0n || amount > MAX_AMOUNT) throw invalidAmount(amount);
      low = Number(amount & 0xffffffffn);
      high = Number(amount >> 32n);
    }
    const id = this.nextId++;
    this.ring.writeReserve(this.#written, id, debit, credit, low, high, expiresAtMs);
    this.#reserving++;
    this.reserved++;
    this.#wrote();
    return id;
  }

  /** As `Ledger.post`. */
  post(id: number, waiting: Waiting): void {
    if (this.closed || this.queued === this.ring.capacity) {
      const error = this.closed ? closed() : this.#full;
      this.failed++;
      queueMicrotask(() => waiting.durable(error));
      return;
    }
    this.ring.writeSettle(this.#written, EntryKind.post, id);
    this.#waiting[this.ring.slot(this.#written)] = waiting;
    this.waiting++;
    this.#wrote();
  }

  /** As `Ledger.void`. Without room, which takes settling transfers twice, the expiry gives the hold back. */
  void(id: number): void {
    if (this.closed || this.queued === this.ring.capacity) return;
    this.ring.writeSettle(this.#written, EntryKind.void, id);
    this.#wrote();
  }

  /** Hands over what was noted, however little it is. */
  publish(): void {
    if (this.#written === this.#publishedTo) return;
    this.#publishedTo = this.#written;
    this.ring.publish(this.#publishedTo);
    this.#published();
  }

  /** Tells everyone whose entry is written, as far as the ring is done. */
  complete(): void {
    const { ring } = this;
    const end = ring.done;
    this.holds = ring.holds;
    while (this.#done !== end) {
      const position = this.#done;
      const slot = ring.slot(position);
      const kind = ring.kind(position);
      const outcome = ring.outcome(position);
      const waiting = this.#waiting[slot];
      if (waiting !== undefined) {
        this.#waiting[slot] = undefined;
        this.waiting--;
      }
      // Before anyone is told: who is told may write more.
      this.#done = (position + 1) >>> 0;
      if (kind === EntryKind.reserve) {
        this.#reserving--;
      } else if (kind === EntryKind.void || kind === EntryKind.takeBack) {
        if (outcome === EntryOutcome.done) this.voided++;
        else if (outcome === EntryOutcome.expires) this.expired++;
      } else if (outcome === EntryOutcome.done) {
        this.posted++;
        waiting?.durable();
      } else {
        this.failed++;
        if (outcome === EntryOutcome.expires) this.expired++;
        waiting?.durable(notPosted(ring.id(position), outcome));
      }
    }
  }

  /** Takes back what waits to be posted, and says so. Only while nothing is writing. */
  failWaiting(error: LedgerError): void {
    const end = this.#written;
    for (let position = this.#done; position !== end; position = (position + 1) >>> 0) {
      const slot = this.ring.slot(position);
      const waiting = this.#waiting[slot];
      if (waiting === undefined) continue;
      this.#waiting[slot] = undefined;
      this.waiting--;
      this.ring.turnIntoTakeBack(position);
      this.failed++;
      waiting.durable(error);
    }
  }

  #knows(account: number): boolean {
    return Number.isInteger(account) && account > 0 && account <= this.accounts;
  }

  /** A batch is for many: entries wait until there are enough, or for the time that the first may wait. */
  #wrote(): void {
    this.#written = (this.#written + 1) >>> 0;
    if ((this.#written - this.#publishedTo) >>> 0 >= this.#options.maxTransfers) {
      this.publish();
    } else if (!this.#timed) {
      this.#timed = true;
      if (this.#options.maxDelayMs === 0) setImmediate(this.#publishLate);
      else setTimeout(this.#publishLate, this.#options.maxDelayMs);
    }
  }
}

/**
 * An error that is thrown many times, to every packet of an overload: without a stack, whose making would cost more than
 * the packet.
 */
export function refusal(code: "FULL" | "DOWN", what: string): LedgerError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new LedgerError(code, what);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

export function closed(): LedgerError {
  return refusal("DOWN", "the ledger is closed");
}

function invalidAmount(amount: number | bigint): LedgerError {
  return new LedgerError("INVALID", `an amount of ${amount}: it must be an integer from 0 to 2^63 - 1`);
}

function notPosted(id: number, outcome: number): LedgerError {
  return outcome === EntryOutcome.unknown
    ? new LedgerError("UNKNOWN", `transfer ${id} is unknown or was given back`)
    : new LedgerError("EXPIRED", `transfer ${id} expired before it was posted`);
}
