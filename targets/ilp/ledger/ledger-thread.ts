import { Worker } from "node:worker_threads";
import { LedgerError } from "./ledger.ts";
import type { FromThread, Question, ThreadData } from "./serve-books.ts";

/** Waits before the second, third, ... start after a failure: doubled each time, up to the last. */
const FIRST_RESTART_MS = 50;
const LAST_RESTART_MS = 2_000;

/** Questions that may wait at once. */
const MAX_QUESTIONS = 1_024;

/** What the thread tells unasked. */
export type Report = Exclude<FromThread, { is: "answer" | "refusal" | "failed" }>;

export interface ThreadEvents {
  report(report: Report): void;
  /** The thread ended, and whatever it had not reported is for the next one to find out. */
  ended(error: LedgerError): void;
}

/** Keeps one ledger thread alive: starts it, asks it, and starts another, later and later, whenever it ends. */
export class LedgerThread {
  readonly #data: Omit<ThreadData, "nextId">;
  readonly #url: URL;
  readonly #events: ThreadEvents;
  readonly #questions = new Map<
    number,
    { resolve(value: unknown): void; reject(error: LedgerError): void }
  >();
  #worker: Worker | undefined;
  #error: LedgerError | undefined;
  #lastAsk = 0;
  #restartMs = FIRST_RESTART_MS;
  #restart: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(url: URL, data: Omit<ThreadData, "nextId">, events: ThreadEvents) {
    this.#url = url;
    this.#data = data;
    this.#events = events;
  }

  /** Whether a thread runs that may be reading the ring. */
  get alive(): boolean {
    return this.#worker !== undefined;
  }

  start(nextId: number): void {
    const worker = new Worker(this.#url, { workerData: { ...this.#data, nextId } satisfies ThreadData });
    this.#worker = worker;
    this.#error = undefined;
    worker.on("message", (message: FromThread) => this.#heard(message));
    worker.on("error", (error) => {
      this.#error ??= new LedgerError("DOWN", error instanceof Error ? error.message : String(error));
    });
    worker.on("exit", () => this.#ended());
  }

  /** To be called when what was waiting is written: the next failure is then a first one again. */
  recovered(): void {
    this.#restartMs = FIRST_RESTART_MS;
  }

  restartLater(nextId: () => number): void {
    if (this.#closing) return;
    this.#restart = setTimeout(() => this.start(nextId()), this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, LAST_RESTART_MS);
  }

  /** Says that entries were published. */
  wake(): void {
    this.#worker?.postMessage(null);
  }

  ask(question: Question): Promise<unknown> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.reject(new LedgerError("DOWN", "the ledger is down"));
    if (this.#questions.size >= MAX_QUESTIONS)
      return Promise.reject(new LedgerError("FULL", `${MAX_QUESTIONS} questions wait for the ledger`));
    const ask = ++this.#lastAsk;
    return new Promise((resolve, reject) => {
      this.#questions.set(ask, { resolve, reject });
      worker.postMessage({ ...question, ask });
    });
  }

  /** Ends the thread, which is asked to write what was published first, and waits until its file is closed. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    // A failure to write while closing is reported by `ended`; closing itself succeeds.
    await this.ask({ about: "close" }).catch(() => worker.terminate());
    await exited;
  }

  #heard(message: FromThread): void {
    if (message.is === "failed") {
      this.#error = new LedgerError(message.code, message.why);
    } else if (message.is === "answer" || message.is === "refusal") {
      const question = this.#questions.get(message.ask);
      this.#questions.delete(message.ask);
      if (message.is === "answer") question?.resolve(message.value);
      else question?.reject(new LedgerError(message.code, message.why));
    } else {
      this.#events.report(message);
    }
  }

  #ended(): void {
    this.#worker = undefined;
    const error = this.#error ?? new LedgerError("DOWN", "the ledger's thread ended");
    const questions = Array.from(this.#questions.values());
    this.#questions.clear();
    for (const { reject } of questions) reject(new LedgerError("DOWN", error.message));
    this.#events.ended(error);
  }
}
