import {
  BATCH_SIZE_BOUNDS,
  COMMIT_MS_BOUNDS,
  Distribution,
  type DistributionCounts,
} from "./distribution.ts";
import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";
import {
  type Balance,
  type Ledger,
  LedgerError,
  type LedgerStats,
  MAX_AMOUNT,
  type TransferState,
  type Waiting,
} from "./ledger.ts";
import { LedgerThread } from "./ledger-thread.ts";
import type { SqliteOptions } from "./options.ts";
import type { FromThread } from "./serve-books.ts";

/** How often a ledger that is down looks whether posts have waited too long. */
const PATIENCE_CHECK_MS = 50;

const HALF = 2 ** 32;
const MAX_NAME = 1_023;

/** Beside this file, and as a bundle of its own beside the bundle that this file is in. */
const THREAD = new URL(
  import.meta.url.endsWith(".ts") ? "./sqlite-thread.ts" : "./sqlite-thread.mjs",
  import.meta.url,
);

/** Where tests put a thread with faults. */
export interface ThreadSeam {
  readonly url: URL;
  readonly faults?: SharedArrayBuffer;
}

export interface SqliteStats extends LedgerStats {
  readonly checkpointMs: DistributionCounts;
  /** Pages that the write-ahead log had at its last checkpoint; it grows while a reader holds it. */
  readonly logPages: number;
}

/**
 * Opens the embedded ledger: SQLite in a thread of its own, a commit for many entries. Its file is made when there is
 * none; transfers that were pending in it and have run out are given back.
 *
 * @throws LedgerError UNUSABLE, in one line: a foreign file, another version, one in use, books that do not balance
 */
export async function openSqliteLedger(
  options: SqliteOptions,
  seam: ThreadSeam = { url: THREAD },
): Promise<SqliteLedger> {
  const ledger = new SqliteLedger(options, seam);
  await ledger.opened;
  return ledger;
}

/** The embedded ledger as the packet path sees it: notes entries into shared memory, and tells who waits. */
export class SqliteLedger implements Ledger {
  /** Resolves when entries can be taken; rejects when the file cannot be used. */
  readonly opened: Promise<void>;
  readonly #options: SqliteOptions;
  readonly #ring: EntryRing;
  /** By slot of the ring. */
  readonly #waiting: (Waiting | undefined)[];
  readonly #thread: LedgerThread;
  readonly #full: LedgerError;
  readonly #publishLate = () => {
    this.#timed = false;
    this.#publish();
  };

  /** What reserves are told, and the reason why they are not taken; nothing while all is well. */
  #refusal: LedgerError | undefined = new LedgerError("DOWN", "the ledger is not open yet");
  #closed = false;
  #nextId = 0;
  #accounts = 0;

  /** Positions in the ring, modulo 2^32. */
  #written = 0;
  #published = 0;
  #done = 0;
  /** The end of what waited when the thread was started again: once it is written, the ledger is up. */
  #recoverTo = 0;
  #timed = false;
  #downSinceMs = 0;
  #patience: NodeJS.Timeout | undefined;

  #holds = 0;
  /** Reserves among what is queued: with the holds of the last batch, all that may be open. */
  #reserving = 0;
  #reserved = 0;
  #posted = 0;
  #voided = 0;
  #expired = 0;
  #failed = 0;
  #refusedFull = 0;
  #refusedDown = 0;
  #outages = 0;
  #logPages = 0;
  readonly #batchSizes = new Distribution(BATCH_SIZE_BOUNDS);
  readonly #commitMs = new Distribution(COMMIT_MS_BOUNDS);
  readonly #checkpointMs = new Distribution(COMMIT_MS_BOUNDS);

  constructor(options: SqliteOptions, seam: ThreadSeam) {
    this.#options = options;
    // Each hold that is open may still be settled, so settling always finds room.
    this.#ring = new EntryRing(2 ** Math.ceil(Math.log2(options.maxQueued + options.maxHolds)));
    this.#waiting = new Array(this.#ring.capacity).fill(undefined);
    this.#full = refusal(
      "FULL",
      `the ledger has ${options.maxQueued} entries or ${options.maxHolds} holds waiting`,
    );
    const { file, keepSettled, maxHoldMs, maxAccounts, maxTransfers } = options;
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.#thread = new LedgerThread(
      seam.url,
      {
        ring: this.#ring.shared,
        books: { file, keepSettled, maxHoldMs, maxAccounts },
        maxTransfers,
        ...(seam.faults === undefined ? {} : { faults: seam.faults }),
      },
      {
        report: (report) => {
          this.#heard(report);
          if (report.is === "ready") opened.resolve();
        },
        ended: (error) => {
          if (this.#nextId === 0) opened.reject(error);
          else this.#wentDown(error);
        },
      },
    );
    this.#thread.start(0);
  }

  async account(name: string): Promise<number> {
    if (typeof name !== "string" || name.length === 0 || name.length > MAX_NAME)
      throw new LedgerError("INVALID", `an account's name has 1 to ${MAX_NAME} characters`);
    const number = (await this.#ask({ about: "account", name })) as number;
    this.#accounts = Math.max(this.#accounts, number);
    return number;
  }

  reserve(debit: number, credit: number, amount: number | bigint, expiresAtMs: number): number {
    if (this.#refusal !== undefined) {
      this.#refusedDown++;
      throw this.#refusal;
    }
    if (
      (this.#written - this.#done) >>> 0 >= this.#options.maxQueued ||
      this.#holds + this.#reserving >= this.#options.maxHolds
    ) {
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
    const id = this.#nextId++;
    this.#ring.writeReserve(this.#written, id, debit, credit, low, high, expiresAtMs);
    this.#reserving++;
    this.#reserved++;
    this.#wrote();
    return id;
  }

  post(id: number, waiting: Waiting): void {
    if (this.#closed || !this.#hasRoom()) {
      const error = this.#closed ? closed() : this.#full;
      this.#failed++;
      queueMicrotask(() => waiting.durable(error));
      return;
    }
    this.#ring.writeSettle(this.#written, EntryKind.post, id);
    this.#waiting[this.#ring.slot(this.#written)] = waiting;
    this.#wrote();
  }

  void(id: number): void {
    // Without room, which takes settling a transfer twice, its expiry gives the hold back.
    if (this.#closed || !this.#hasRoom()) return;
    this.#ring.writeSettle(this.#written, EntryKind.void, id);
    this.#wrote();
  }

  async state(id: number): Promise<TransferState | undefined> {
    return (await this.#ask({ about: "state", id })) as TransferState | undefined;
  }

  async balances(): Promise<ReadonlyMap<string, Balance>> {
    return (await this.#ask({ about: "balances" })) as ReadonlyMap<string, Balance>;
  }

  stats(): SqliteStats {
    return {
      state: this.#closed ? "closed" : this.#refusal === undefined ? "up" : "down",
      why: this.#refusal?.message,
      queued: (this.#written - this.#done) >>> 0,
      holds: this.#holds,
      reserved: this.#reserved,
      posted: this.#posted,
      voided: this.#voided,
      expired: this.#expired,
      refused: { full: this.#refusedFull, down: this.#refusedDown },
      failed: this.#failed,
      batchSizes: this.#batchSizes.read(),
      commitMs: this.#commitMs.read(),
      outages: this.#outages,
      checkpointMs: this.#checkpointMs.read(),
      logPages: this.#logPages,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#refusal = closed();
    this.#publish();
    await this.#thread.close();
    clearInterval(this.#patience);
    this.#complete();
    this.#failWaiting(this.#refusal);
  }

  #ask(question: Parameters<LedgerThread["ask"]>[0]): Promise<unknown> {
    if (this.#closed) return Promise.reject(closed());
    this.#publish();
    return this.#thread.ask(question);
  }

  #knows(account: number): boolean {
    return Number.isInteger(account) && account > 0 && account <= this.#accounts;
  }

  #hasRoom(): boolean {
    return (this.#written - this.#done) >>> 0 < this.#ring.capacity;
  }

  /** Commits are for many: they wait until there are enough entries, or for the time that the first may wait. */
  #wrote(): void {
    this.#written = (this.#written + 1) >>> 0;
    if ((this.#written - this.#published) >>> 0 >= this.#options.maxTransfers) {
      this.#publish();
    } else if (!this.#timed) {
      this.#timed = true;
      if (this.#options.maxDelayMs === 0) setImmediate(this.#publishLate);
      else setTimeout(this.#publishLate, this.#options.maxDelayMs);
    }
  }

  #publish(): void {
    if (this.#written === this.#published) return;
    this.#published = this.#written;
    this.#ring.publish(this.#published);
    this.#thread.wake();
  }

  #heard(report: Exclude<FromThread, { is: "answer" | "refusal" | "failed" }>): void {
    switch (report.is) {
      case "batch":
        this.#batchSizes.add(report.size);
        this.#commitMs.add(report.commitMs);
        this.#complete();
        if (this.#refusal !== undefined) this.#recover();
        break;
      case "checkpoint":
        this.#checkpointMs.add(report.tookMs);
        this.#logPages = report.pages;
        break;
      case "expired":
        this.#expired += report.count;
        this.#holds = this.#ring.holds;
        break;
      case "ready":
        if (this.#nextId === 0) this.#nextId = report.firstId;
        this.#accounts = report.accounts;
        this.#holds = this.#ring.holds;
        this.#recoverTo = this.#written;
        this.#publish();
        this.#thread.wake();
        this.#recover();
        break;
    }
  }

  /** Tells everyone whose entry is on disk. */
  #complete(): void {
    const end = this.#ring.done;
    this.#holds = this.#ring.holds;
    while (this.#done !== end) {
      const position = this.#done;
      const slot = this.#ring.slot(position);
      const kind = this.#ring.kind(position);
      const outcome = this.#ring.outcome(position);
      const waiting = this.#waiting[slot];
      this.#waiting[slot] = undefined;
      // Before anyone is told: who is told may write more.
      this.#done = (position + 1) >>> 0;
      if (kind === EntryKind.reserve) {
        this.#reserving--;
      } else if (kind === EntryKind.void) {
        if (outcome === EntryOutcome.done) this.#voided++;
      } else if (outcome === EntryOutcome.done) {
        this.#posted++;
        waiting?.durable();
      } else {
        this.#failed++;
        if (outcome === EntryOutcome.expired) this.#expired++;
        waiting?.durable(notPosted(this.#ring.id(position), outcome));
      }
    }
  }

  #recover(): void {
    if (this.#closed || ((this.#done - this.#recoverTo) | 0) < 0) return;
    this.#refusal = undefined;
    clearInterval(this.#patience);
    this.#thread.recovered();
  }

  #wentDown(error: LedgerError): void {
    this.#complete();
    if (this.#closed) return;
    if (this.#refusal === undefined) {
      this.#outages++;
      this.#downSinceMs = performance.now();
      this.#patience = setInterval(() => this.#losePatience(), PATIENCE_CHECK_MS);
    }
    this.#refusal = refusal("DOWN", `the ledger is down: ${error.message}`);
    this.#thread.restartLater(() => this.#nextId);
  }

  #losePatience(): void {
    // A thread that runs may be writing the very entries: it has the word.
    if (this.#thread.alive || performance.now() - this.#downSinceMs < this.#options.patienceMs) return;
    this.#failWaiting(this.#refusal ?? closed());
  }

  /** Gives back what would have been posted, and says so. */
  #failWaiting(error: LedgerError): void {
    for (let position = this.#done; position !== this.#written; position = (position + 1) >>> 0) {
      const slot = this.#ring.slot(position);
      const waiting = this.#waiting[slot];
      if (waiting === undefined) continue;
      this.#waiting[slot] = undefined;
      this.#ring.turnIntoVoid(position);
      this.#failed++;
      waiting.durable(error);
    }
  }
}

/**
 * An error that is thrown many times, to every packet of an overload: without a stack, whose making would cost more than
 * the packet.
 */
function refusal(code: "FULL" | "DOWN", what: string): LedgerError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new LedgerError(code, what);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function closed(): LedgerError {
  return refusal("DOWN", "the ledger is closed");
}

function invalidAmount(amount: number | bigint): LedgerError {
  return new LedgerError("INVALID", `an amount of ${amount}: it must be an integer from 0 to 2^63 - 1`);
}

function notPosted(id: number, outcome: number): LedgerError {
  return outcome === EntryOutcome.expired
    ? new LedgerError("EXPIRED", `transfer ${id} expired before it was posted`)
    : new LedgerError("UNKNOWN", `transfer ${id} is unknown or was given back`);
}
