import type { KeyObject } from "node:crypto";
import type { Tinypool } from "tinypool";
import { threadFile } from "../thread-file.ts";
import { ClaimError } from "./error.ts";
import type { Job, Result } from "./signature-thread.ts";

/** Jobs that may wait for a thread: about a tenth of a second of one thread's work. Beyond it they are told BUSY. */
export const MAX_WAITING = 1_024;

/** Jobs of one batch: verifying so many takes a thread about 7 ms, and the first waits no longer for the last. */
const MAX_BATCH = 64;

const THREAD = threadFile("signature-thread", import.meta.url);

interface Asked {
  readonly job: Job;
  resolve(result: Result): void;
  reject(error: ClaimError): void;
}

/**
 * Starts the threads. The pool's package is loaded here, so that a node without claims never has it in memory.
 *
 * @param threads 1 and more
 * @param thread what they run; a test's own, with faults
 */
export async function openSignatures(threads: number, thread = THREAD): Promise<Signatures> {
  const { Tinypool } = await import("tinypool");
  return new Signatures(
    new Tinypool({
      filename: thread.href,
      name: "answer" satisfies keyof typeof import("./signature-thread.ts"),
      minThreads: threads,
      maxThreads: threads,
    }),
    threads,
  );
}

/**
 * Ed25519 signatures (RFC 8032), made and checked in threads. A message to a thread and back costs the event loop nearly as
 * much as signing does, a third of verifying, so jobs travel in batches: those of one turn of the event loop, and those that
 * came while all threads were busy. At 16 a batch, a job costs it 3 us (claims.bench.ts).
 */
export class Signatures {
  readonly #pool: Tinypool;
  readonly #threads: number;
  #waiting: Asked[] = [];
  /** Batches that threads have. */
  #underWay = 0;
  #scheduled = false;
  #closed = false;
  #turnedAway = 0;

  constructor(pool: Tinypool, threads: number) {
    this.#pool = pool;
    this.#threads = threads;
    // A thread that cannot even start is told here alone, and what waits for it would wait for ever.
    pool.on("error", () => pool.cancelPendingTasks());
  }

  /** Jobs that no thread has yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Jobs that were told BUSY. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /**
   * @param key an Ed25519 private key
   * @param bytes an array with a buffer of its own: of a view the whole buffer would travel
   * @throws ClaimError BUSY, DOWN
   */
  async sign(key: KeyObject, bytes: Uint8Array): Promise<Uint8Array> {
    return (await this.#ask({ key, bytes })) as Uint8Array;
  }

  /**
   * Whether the signature is the key's over these bytes.
   *
   * @param key an Ed25519 public key
   * @throws ClaimError BUSY, DOWN
   */
  async verify(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return (await this.#ask({ key, bytes, signature })) as boolean;
  }

  /** Ends the threads; what waits is told DOWN. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#refuse(this.#waiting.splice(0), closed());
    // The pool waits for exits with node:events' once(), which hears errors too and then calls a method that the pool's
    // threads lack: one that breaks just now would end the node. Its exit comes all the same.
    for (const thread of this.#pool.threads) {
      const once = thread.once.bind(thread);
      thread.once = (event, heard) => (event === "error" ? thread : once(event, heard));
    }
    await this.#pool.destroy();
  }

  #ask(job: Job): Promise<Result> {
    if (this.#closed) return Promise.reject(closed());
    if (this.#waiting.length >= MAX_WAITING) {
      this.#turnedAway++;
      return Promise.reject(new ClaimError("BUSY", `${MAX_WAITING} signatures wait for a thread`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#send();
      });
    });
  }

  #send(): void {
    while (this.#underWay < this.#threads && this.#waiting.length > 0) {
      this.#underWay++;
      this.#run(this.#waiting.splice(0, MAX_BATCH)).then(() => {
        this.#underWay--;
        this.#send();
      });
    }
  }

  async #run(batch: readonly Asked[]): Promise<void> {
    try {
      const results = (await this.#pool.run(batch.map(({ job }) => job))) as Result[];
      for (const [i, { resolve }] of batch.entries()) resolve(results[i]!);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#refuse(batch, this.#closed ? closed() : new ClaimError("DOWN", `a signature thread: ${why}`));
    }
  }

  #refuse(asked: readonly Asked[], error: ClaimError): void {
    for (const { reject } of asked) reject(error);
  }
}

const closed = () => new ClaimError("DOWN", "the node is closing");
