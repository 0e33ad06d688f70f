import { hash, randomBytes } from "node:crypto";
import type { CreateTransferResult, Transfer } from "tigerbeetle-node";
import { closed, EntryQueue, refusal } from "./entry-queue.ts";
import { EntryKind, EntryOutcome } from "./entry-ring.ts";
import {
  type Balance,
  type Ledger,
  LedgerError,
  type LedgerStats,
  needName,
  type TransferState,
  type Waiting,
} from "./ledger.ts";
import { LedgerMeter } from "./ledger-meter.ts";
import type { TigerBeetleOptions } from "./options.ts";
import { type Connect, type TigerBeetleClient, tigerBeetle } from "./tigerbeetle-client.ts";
import { balanceOf, contraAccount, correctPosts } from "./tigerbeetle-contra.ts";
import {
  type Encoding,
  eventOf,
  Ids,
  newAccount,
  outcomeOf,
  Status,
  timeoutSeconds,
} from "./tigerbeetle-events.ts";

/** How often holds are looked through for those that ran out. */
const EXPIRE_EVERY_MS = 500;
/** How often a ledger that is down looks whether posts have waited too long. */
const PATIENCE_CHECK_MS = 50;
/** After a client that failed, before the next. */
const RECONNECT_MS = 200;
/** Ids of one look-up: TigerBeetle's messages hold 8,000, and fewer when it runs with --development. */
const LOOKUP = 200;
/**
 * Ids start at the clock, 1,024 a millisecond: above all of an earlier opening unless it gave out a million a second.
 * Safe integers until 2248.
 */
const IDS_PER_MS = 1_024;

/**
 * Opens a ledger in a TigerBeetle cluster.
 *
 * @throws LedgerError UNUSABLE, in one line: no package, no such address; DOWN when no server answers in time
 */
export async function openTigerBeetleLedger(
  options: TigerBeetleOptions,
  connect?: Connect,
): Promise<TigerBeetleLedger> {
  const ledger = new TigerBeetleLedger(
    options,
    connect ?? (await tigerBeetle(options.addresses, options.clusterId)),
  );
  await ledger.open();
  return ledger;
}

/** Entries that are sent together, from the ring's `done` on. */
interface Batch {
  readonly size: number;
  /**
   * From which moment its holds' seconds are counted. It stays when the batch is sent again: to the server a hold with
   * another timeout is another transfer, which it refuses.
   */
  readonly encodedAtMs: number;
}

/**
 * A queue, and a client that sends it to TigerBeetle: one batch under way, so that events arrive in their order, while
 * the next fills. A batch whose answer did not come is sent again: its ids make it count once.
 */
export class TigerBeetleLedger implements Ledger {
  /** Of the cluster and the namespace, which are all that tells these books from others there. */
  readonly booksId: string;
  readonly #options: TigerBeetleOptions;
  readonly #connect: Connect;
  readonly #queue: EntryQueue;
  readonly #meter = new LedgerMeter();
  readonly #encoding: Encoding;
  readonly #accounts: bigint[] = [0n];
  readonly #byName = new Map<string, number>();
  /** When each open hold ends, by its id. */
  readonly #holds = new Map<number, number>();
  /** Who waits until everything before a position is written. */
  #drained: { readonly end: number; readonly resolve: () => void }[] = [];
  #client: TigerBeetleClient;
  /** Events of one batch; less than the options say once a server refused as many. */
  #most: number;
  /** The batch under way, by number; 0 for none. An answer to any other is too late to count. */
  #flight = 0;
  #lastFlight = 0;
  /** The batch that was sent and has no answer yet, whether it is under way or to be sent again. */
  #unanswered: Batch | undefined;
  #late: NodeJS.Timeout | undefined;
  #reconnect: NodeJS.Timeout | undefined;
  #downSinceMs = 0;
  readonly #expiry: NodeJS.Timeout;
  readonly #patience: NodeJS.Timeout;

  constructor(options: TigerBeetleOptions, connect: Connect) {
    const nowMs = Date.now();
    this.booksId = hash("sha256", `${options.clusterId} ${options.namespace}`).slice(0, 16);
    this.#options = options;
    this.#connect = connect;
    this.#client = connect();
    this.#most = options.maxTransfers;
    this.#queue = new EntryQueue(options, () => this.#send());
    this.#queue.nextId = nowMs * IDS_PER_MS;
    this.#encoding = {
      ids: new Ids(options.namespace),
      accounts: this.#accounts,
      session: randomBytes(8).readBigUInt64BE(),
      maxHoldMs: options.maxHoldMs,
    };
    this.#expiry = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    this.#patience = setInterval(() => this.#losePatience(), PATIENCE_CHECK_MS);
  }

  /** Waits for a first answer. */
  async open(): Promise<void> {
    try {
      await this.#answer(this.#client.lookupAccounts([1n]));
      this.#queue.refusal = undefined;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async account(name: string): Promise<number> {
    needName(name);
    if (this.#queue.closed) throw closed();
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= this.#options.maxAccounts)
      throw new LedgerError("FULL", `the ledger has ${this.#options.maxAccounts} accounts, its limit`);
    const id = this.#encoding.ids.account(name);
    const made = [id, contraAccount(id)].map(newAccount);
    const results = await this.#answer(this.#client.createAccounts(made));
    const statuses = results.map(({ status }) => status);
    if (statuses.length !== made.length || !statuses.every(isAccount))
      throw new LedgerError("DOWN", `TigerBeetle refused account ${name}: status ${statuses.join(", ")}`);
    // Two may have asked for it at once.
    const number = this.#byName.get(name) ?? this.#accounts.push(id) - 1;
    this.#byName.set(name, number);
    this.#queue.accounts = this.#accounts.length - 1;
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
    await this.#written();
    const { ids } = this.#encoding;
    const hold = ids.transfer(EntryKind.reserve, id);
    const post = ids.transfer(EntryKind.post, id);
    const voided = ids.transfer(EntryKind.void, id);
    const corrected = ids.correction(id);
    const found = await this.#answer(this.#client.lookupTransfers([hold, post, voided, corrected]));
    const of = (wanted: bigint) => found.find((transfer) => transfer.id === wanted);
    if (of(voided) !== undefined || of(corrected) !== undefined) return "voided";
    if (of(post) !== undefined) return "posted";
    const held = of(hold);
    if (held === undefined) return undefined;
    const endsAtMs = Number(held.timestamp / 1_000_000n) + held.timeout * 1_000;
    return endsAtMs <= Date.now() ? "expired" : "pending";
  }

  async balances(): Promise<ReadonlyMap<string, Balance>> {
    await this.#written();
    const balances = new Map<string, Balance>();
    for (const some of chunks(Array.from(this.#byName), LOOKUP / 2)) {
      const wanted = some.map(([, number]) => this.#accounts[number]!);
      const found = new Map(
        (await this.#answer(this.#client.lookupAccounts([...wanted, ...wanted.map(contraAccount)]))).map(
          (account) => [account.id, account],
        ),
      );
      for (const [name, number] of some) {
        const id = this.#accounts[number]!;
        const account = found.get(id);
        const contra = found.get(contraAccount(id));
        if (account === undefined || contra === undefined)
          throw new LedgerError("UNUSABLE", `TigerBeetle no longer has account ${name}`);
        balances.set(name, balanceOf(account, contra));
      }
    }
    return balances;
  }

  stats(): LedgerStats {
    return this.#meter.read(this.#queue);
  }

  async close(): Promise<void> {
    const queue = this.#queue;
    if (queue.closed) return;
    const written = this.#written().catch(() => {});
    queue.closed = true;
    await written;
    queue.refusal = closed();
    clearInterval(this.#expiry);
    clearInterval(this.#patience);
    clearTimeout(this.#late);
    clearTimeout(this.#reconnect);
    this.#flight = 0;
    this.#client.destroy();
    queue.failWaiting(queue.refusal);
  }

  /** Resolves when everything that was noted is written. */
  async #written(): Promise<void> {
    if (this.#queue.closed) throw closed();
    this.#queue.publish();
    if (this.#queue.queued === 0) return;
    if (this.#queue.refusal !== undefined) throw this.#queue.refusal;
    const drained = Promise.withResolvers<void>();
    this.#drained.push({ end: this.#queue.end, resolve: drained.resolve });
    await this.#inTime(drained.promise);
  }

  async #answer<T>(request: Promise<T>): Promise<T> {
    return this.#inTime(
      request.catch((error: unknown) => {
        throw new LedgerError(
          "DOWN",
          `TigerBeetle: ${error instanceof Error ? error.message : String(error)}`,
        );
      }),
    );
  }

  /** The client waits for ever; who asks does not. */
  async #inTime<T>(wanted: Promise<T>): Promise<T> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#silence()), this.#options.timeoutMs);
    try {
      return await Promise.race([wanted, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  #silence(): LedgerError {
    const { addresses, timeoutMs } = this.#options;
    return refusal("DOWN", `TigerBeetle at ${addresses.join(", ")} did not answer within ${timeoutMs} ms`);
  }

  /** Sends the next batch, unless one is under way. */
  #send(): void {
    const { ring } = this.#queue;
    const from = ring.done;
    const sentAtMs = Date.now();
    const batch = this.#unanswered ?? {
      size: Math.min((ring.published - from) >>> 0, this.#most),
      encodedAtMs: sentAtMs,
    };
    const { size, encodedAtMs } = batch;
    if (this.#flight !== 0 || this.#reconnect !== undefined || size === 0) return;
    const flight = ++this.#lastFlight;
    this.#flight = flight;
    this.#unanswered = batch;
    const startMs = performance.now();
    // Not kept for a second time: what was a post may be one to take back by then.
    const events = Array.from({ length: size }, (_, i) =>
      eventOf(ring, from + i, this.#encoding, encodedAtMs),
    );
    this.#late = setTimeout(() => this.#wentDown(this.#silence()), this.#options.timeoutMs);
    this.#write(this.#client, events, from).then(
      (results) => {
        if (this.#flight !== flight) return;
        this.#landed();
        if (results.length !== size) {
          this.#failed(new Error(`${results.length} results for ${size} events`), batch);
          return;
        }
        this.#unanswered = undefined;
        for (let i = 0; i < size; i++) this.#settle(from + i, results[i]!.status, batch, sentAtMs);
        ring.finish(from + size, this.#holds.size);
        this.#meter.batch(size, performance.now() - startMs);
        if (!this.#queue.closed) this.#queue.refusal = undefined;
        this.#queue.complete();
        this.#send();
        this.#tellDrained();
      },
      (error: Error) => {
        if (this.#flight !== flight) return;
        this.#landed();
        this.#failed(error, batch);
      },
    );
  }

  /** Writes a batch, and corrects those of its posts that are to be taken back and were found posted. */
  async #write(
    client: TigerBeetleClient,
    events: Transfer[],
    from: number,
  ): Promise<readonly CreateTransferResult[]> {
    const results = await client.createTransfers(events);
    const { ring } = this.#queue;
    const unnoticed = results.flatMap(({ status }, i) =>
      status === Status.alreadyPosted && ring.kind(from + i) === EntryKind.takeBack
        ? [ring.id(from + i)]
        : [],
    );
    for (const some of chunks(unnoticed, LOOKUP)) {
      this.#hears(client);
      await correctPosts(client, this.#encoding, some);
    }
    return results;
  }

  /** The server answers: what it takes for the rest of the batch is no silence, and tries nobody's patience. */
  #hears(client: TigerBeetleClient): void {
    if (client !== this.#client) return;
    this.#late?.refresh();
    this.#downSinceMs = performance.now();
  }

  #tellDrained(): void {
    for (const { end, resolve } of this.#drained) if (this.#queue.reached(end)) resolve();
    this.#drained = this.#drained.filter(({ end }) => !this.#queue.reached(end));
  }

  #landed(): void {
    this.#flight = 0;
    clearTimeout(this.#late);
  }

  /** Notes what became of one entry of a batch. */
  #settle(position: number, status: number, { encodedAtMs }: Batch, sentAtMs: number): void {
    const { ring } = this.#queue;
    const kind = ring.kind(position);
    const id = ring.id(position);
    const outcome = outcomeOf(kind, status);
    if (kind === EntryKind.reserve) {
      if (outcome !== EntryOutcome.done) return;
      const seconds = timeoutSeconds(ring.expiresAtMs(position), encodedAtMs, this.#options.maxHoldMs);
      // The server counts from when it first saw the hold, which was the last time at the latest.
      this.#holds.set(id, sentAtMs + seconds * 1_000);
      return;
    }
    const open = this.#holds.delete(id);
    ring.setOutcome(position, open && outcome === EntryOutcome.expired ? EntryOutcome.expires : outcome);
  }

  #failed(error: Error & { code?: string }, { size, encodedAtMs }: Batch): void {
    if (error.code === "ERR_TOO_MUCH_DATA" && size > 1) {
      this.#most = size >> 1;
      this.#unanswered = { size: this.#most, encodedAtMs };
      this.#send();
      return;
    }
    this.#wentDown(refusal("DOWN", `TigerBeetle: ${error.message}`));
    this.#client.destroy();
    this.#reconnect = setTimeout(() => this.#connectAgain(), RECONNECT_MS);
  }

  #connectAgain(): void {
    this.#reconnect = undefined;
    this.#client = this.#connect();
    this.#send();
  }

  #wentDown(why: LedgerError): void {
    if (this.#queue.closed) return;
    if (this.#queue.refusal === undefined) {
      this.#meter.outages++;
      this.#downSinceMs = performance.now();
    }
    this.#queue.refusal = refusal("DOWN", `the ledger is down: ${why.message}`);
  }

  #expire(): void {
    // The batch that has no answer may have ended them, each in its own way.
    if (this.#unanswered !== undefined && this.#queue.refusal !== undefined) return;
    const nowMs = Date.now();
    for (const [id, endsAtMs] of this.#holds)
      if (endsAtMs <= nowMs) {
        this.#holds.delete(id);
        this.#queue.expired++;
      }
    this.#queue.holds = this.#holds.size;
  }

  /**
   * Gives up posts that waited too long for a server that does not answer. The client goes with them: destroyed, it does
   * not deliver them later; what it had on its way may still arrive, and is then taken back.
   */
  #losePatience(): void {
    const { refusal: why, waiting } = this.#queue;
    const nowMs = performance.now();
    if (why === undefined || waiting === 0 || nowMs - this.#downSinceMs < this.#options.patienceMs) return;
    this.#downSinceMs = nowMs;
    this.#client.destroy();
    // Before the flight has landed: who is told may write more, which is not for this client any more.
    this.#queue.failWaiting(why);
    this.#landed();
    clearTimeout(this.#reconnect);
    this.#connectAgain();
  }
}

const isAccount = (status: number) => status === Status.created || status === Status.accountExists;

function chunks<T>(of: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(of.length / size) }, (_, i) => of.slice(i * size, (i + 1) * size));
}
