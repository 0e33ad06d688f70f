import { Distribution, type DistributionCounts } from "../distribution.ts";
import { threadFile } from "../thread-file.ts";
import { closed, EntryQueue, refusal } from "./entry-queue.ts";
import {
  type Balance,
  type Ledger,
  type LedgerError,
  type LedgerStats,
  needName,
  type TransferState,
  type Waiting,
} from "./ledger.ts";
import { LedgerMeter } from "./ledger-meter.ts";
import { LedgerThread, type Report } from "./ledger-thread.ts";
import type { SqliteOptions } from "./options.ts";

/** How often it is looked whether a commit, or a ledger that is down, takes too long. */
const WATCH_MS = 50;

const THREAD = threadFile("sqlite-thread", import.meta.url);

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

/** A queue, and a thread that writes it into SQLite. */
export class SqliteLedger implements Ledger {
  /** Resolves when entries can be taken; rejects when the file cannot be used. */
  readonly opened: Promise<void>;
  readonly #options: SqliteOptions;
  readonly #queue: EntryQueue;
  readonly #thread: LedgerThread;
  readonly #meter = new LedgerMeter();
  readonly #checkpointMs = Distribution.ofMs();
  #logPages = 0;
  #booksId = "";
  /** The end of what waited when the thread was started again, or stood still: once it is written, the ledger is up. */
  #recoverTo = 0;
  /** When the thread ended, unless all is well again since. */
  #endedAtMs: number | undefined;
  /** How far the thread was when it was last seen to have come on, and since when it has had something to do. */
  #doneThen = 0;
  #cameOnMs: number | undefined;
  readonly #watch: NodeJS.Timeout;

  constructor(options: SqliteOptions, seam: ThreadSeam) {
    this.#options = options;
    this.#queue = new EntryQueue(options, () => this.#thread.wake());
    const { file, keepSettled, maxHoldMs, maxAccounts, maxTransfers } = options;
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    this.#thread = new LedgerThread(
      seam.url,
      {
        ring: this.#queue.ring.shared,
        books: { file, keepSettled, maxHoldMs, maxAccounts },
        maxTransfers,
        ...(seam.faults === undefined ? {} : { faults: seam.faults }),
      },
      {
        report: (report) => {
          this.#heard(report);
          if (report.is !== "ready") return;
          this.#booksId = report.booksId;
          opened.resolve();
        },
        ended: (error) => {
          if (this.#queue.nextId !== 0) return this.#wentDown(error);
          clearInterval(this.#watch);
          opened.reject(error);
        },
      },
    );
    this.#watch = setInterval(
      () => (this.#thread.alive ? this.#watchCommit() : this.#losePatience()),
      WATCH_MS,
    );
    this.#thread.start(0);
  }

  get booksId(): string {
    return this.#booksId;
  }

  async account(name: string): Promise<number> {
    needName(name);
    const number = (await this.#ask({ about: "account", name })) as number;
    this.#queue.accounts = Math.max(this.#queue.accounts, number);
    return number;
  }

  reserve(debit: number, credit: number, amount: number | bigint, expiresAtMs: number): number {
    return this.#queue.reserve(debit, credit, amount, expiresAtMs);
  }

  post(id: number, waiting: Waiting): void {
    this.#queue.post(id, waiting);
  }

  void(id: number): void {
    this.#queue.void(id);
  }

  async state(id: number): Promise<TransferState | undefined> {
    return (await this.#ask({ about: "state", id })) as TransferState | undefined;
  }

  async balances(): Promise<ReadonlyMap<string, Balance>> {
    return (await this.#ask({ about: "balances" })) as ReadonlyMap<string, Balance>;
  }

  stats(): SqliteStats {
    return {
      ...this.#meter.read(this.#queue),
      checkpointMs: this.#checkpointMs.read(),
      logPages: this.#logPages,
    };
  }

  async close(): Promise<void> {
    const queue = this.#queue;
    if (queue.closed) return;
    queue.closed = true;
    queue.refusal = closed();
    queue.publish();
    await this.#thread.close();
    clearInterval(this.#watch);
    queue.complete();
    queue.failWaiting(queue.refusal);
  }

  #ask(question: Parameters<LedgerThread["ask"]>[0]): Promise<unknown> {
    if (this.#queue.closed) return Promise.reject(closed());
    this.#queue.publish();
    return this.#thread.ask(question);
  }

  #heard(report: Report): void {
    const queue = this.#queue;
    switch (report.is) {
      case "batch":
        this.#meter.batch(report.size, report.commitMs);
        queue.complete();
        if (queue.refusal !== undefined) this.#recover();
        break;
      case "checkpoint":
        this.#checkpointMs.add(report.tookMs);
        this.#logPages = report.pages;
        break;
      case "expired":
        queue.expired += report.count;
        queue.holds = queue.ring.holds;
        break;
      case "ready":
        if (queue.nextId === 0) queue.nextId = report.firstId;
        queue.accounts = report.accounts;
        queue.holds = queue.ring.holds;
        queue.publish();
        this.#recoverTo = queue.end;
        this.#thread.wake();
        this.#recover();
        break;
    }
  }

  #recover(): void {
    if (this.#queue.closed || !this.#queue.reached(this.#recoverTo)) return;
    this.#queue.refusal = undefined;
    this.#endedAtMs = undefined;
    this.#thread.recovered();
  }

  #wentDown(error: LedgerError): void {
    const queue = this.#queue;
    queue.complete();
    if (queue.closed) return;
    this.#endedAtMs ??= performance.now();
    this.#refuse(error.message);
    this.#thread.restartLater(() => queue.nextId);
  }

  #refuse(why: string): void {
    if (this.#queue.refusal === undefined) this.#meter.outages++;
    this.#queue.refusal = refusal("DOWN", `the ledger is down: ${why}`);
  }

  /**
   * Turns reserves away when the thread comes on no more, because the disk hangs, say: who came now would only wait, too.
   * Posts go on waiting, as their entries may be on disk the next moment.
   */
  #watchCommit(): void {
    const { ring, refusal } = this.#queue;
    const { done, published } = ring;
    const nowMs = performance.now();
    if (done === published) this.#cameOnMs = undefined;
    else if (this.#cameOnMs === undefined || done !== this.#doneThen) {
      this.#doneThen = done;
      this.#cameOnMs = nowMs;
    } else if (refusal === undefined && nowMs - this.#cameOnMs >= this.#options.timeoutMs) {
      this.#recoverTo = this.#queue.end;
      this.#refuse(`a commit takes longer than ${this.#options.timeoutMs} ms`);
    }
  }

  #losePatience(): void {
    // Only without a thread: one that runs may be writing the very entries, and has the word.
    if (performance.now() - (this.#endedAtMs ?? Number.POSITIVE_INFINITY) < this.#options.patienceMs) return;
    this.#queue.failWaiting(this.#queue.refusal ?? closed());
  }
}
