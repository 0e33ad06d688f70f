import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Books, type BooksOptions, type CommitSeam } from "./books.ts";
import { EntryRing } from "./entry-ring.ts";
import { LedgerError, type LedgerErrorCode } from "./ledger.ts";

/** What the ledger's thread is started with. */
export interface ThreadData {
  readonly ring: SharedArrayBuffer;
  readonly books: Omit<BooksOptions, "seam">;
  /** Entries of one commit, at most. */
  readonly maxTransfers: number;
  readonly nextId: number;
  /** For tests: what the thread of a test reads its faults from. */
  readonly faults?: SharedArrayBuffer;
}

/** A question is answered after everything that was published before it is on disk. */
export type Question =
  | { readonly about: "account"; readonly name: string }
  | { readonly about: "state"; readonly id: number }
  | { readonly about: "balances" }
  | { readonly about: "close" };

/** What the thread is sent: a question, or nothing but the news that entries were published. */
export type ToThread = (Question & { readonly ask: number }) | null;

export type FromThread =
  | { readonly is: "ready"; readonly firstId: number; readonly accounts: number; readonly booksId: string }
  | { readonly is: "failed"; readonly code: LedgerErrorCode; readonly why: string }
  | { readonly is: "batch"; readonly size: number; readonly commitMs: number }
  | { readonly is: "expired"; readonly count: number }
  | { readonly is: "checkpoint"; readonly tookMs: number; readonly pages: number }
  | { readonly is: "answer"; readonly ask: number; readonly value: unknown }
  | { readonly is: "refusal"; readonly ask: number; readonly code: LedgerErrorCode; readonly why: string };

/** How often holds are looked through for those that ran out. */
const EXPIRE_EVERY_MS = 500;

/**
 * The log is copied back after this many commits or entries, whichever is first: often enough that it stays at about a
 * megabyte and each copy takes about a millisecond, seldom enough that a page is copied once for many commits.
 */
const CHECKPOINT_COMMITS = 64;
const CHECKPOINT_ENTRIES = 8_192;

/**
 * The ledger's thread: writes what is published, a batch a commit, until it is asked to close. A failure to write ends
 * it: the one that started it starts another, which begins with what is on disk.
 */
export function serveBooks(seam?: CommitSeam): void {
  const port = parentPort as MessagePort;
  const data = workerData as ThreadData;
  const ring = new EntryRing(data.ring);
  const tell = (message: FromThread) => port.postMessage(message);

  function failed(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    tell({ is: "failed", code: error instanceof LedgerError ? error.code : "DOWN", why });
    // Nothing is tidied up: what this thread knows is no longer to be trusted, and what it held ends with it.
    process.exit(1);
  }

  let books: Books;
  try {
    books = new Books(seam === undefined ? data.books : { ...data.books, seam }, Date.now(), data.nextId);
  } catch (error) {
    failed(error);
    return;
  }

  let commits = 0;
  let entries = 0;
  function checkpoint(): void {
    if (commits < CHECKPOINT_COMMITS && entries < CHECKPOINT_ENTRIES) return;
    commits = 0;
    entries = 0;
    const startMs = performance.now();
    const pages = books.checkpoint();
    tell({ is: "checkpoint", tookMs: performance.now() - startMs, pages });
  }

  /** Writes one batch, and says whether there was one. */
  function writeBatch(): boolean {
    const from = ring.done;
    const size = Math.min((ring.published - from) >>> 0, data.maxTransfers);
    if (size === 0) return false;
    const startMs = performance.now();
    books.apply(ring, from, size, Date.now());
    ring.finish(from + size, books.holds);
    tell({ is: "batch", size, commitMs: performance.now() - startMs });
    commits++;
    entries += size;
    checkpoint();
    return true;
  }

  // One batch a turn of the event loop: questions get their turn under any load.
  let scheduled = false;
  function work(): void {
    scheduled = false;
    try {
      if (writeBatch()) schedule();
    } catch (error) {
      failed(error);
    }
  }
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(work);
  }

  function answer(question: Question): unknown {
    // What was published when it was asked, and no more: under load there is always more.
    const asked = ring.published;
    while (((asked - ring.done) | 0) > 0) writeBatch();
    switch (question.about) {
      case "account":
        return books.account(question.name);
      case "state":
        return books.state(question.id);
      case "balances":
        return books.balances();
      case "close":
        clearInterval(expiry);
        books.close();
        return undefined;
    }
  }

  const expiry = setInterval(() => {
    try {
      const count = books.expire(Date.now());
      if (count === 0) return;
      ring.finish(ring.done, books.holds);
      tell({ is: "expired", count });
    } catch (error) {
      failed(error);
    }
  }, EXPIRE_EVERY_MS);

  port.on("message", (message: ToThread) => {
    if (message === null) {
      work();
      return;
    }
    const { ask } = message;
    try {
      tell({ is: "answer", ask, value: answer(message) });
      if (message.about === "close") port.close();
    } catch (error) {
      if (!(error instanceof LedgerError)) return failed(error);
      tell({ is: "refusal", ask, code: error.code, why: error.message });
    }
  });

  ring.finish(ring.done, books.holds);
  tell({ is: "ready", firstId: books.firstId, accounts: books.accounts, booksId: books.booksId });
}
