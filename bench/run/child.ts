import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** How a process ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Every process we started and that has not ended yet; killed with us, however we end. */
const alive = new Set<Child>();

process.on("exit", () => {
  for (const child of alive) child.signal("SIGKILL");
});

/**
 * A process in a group of its own: Ctrl-C on the terminal reaches only us, and what the process itself started
 * is signalled with it.
 */
export class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
  #ending: Ending | undefined;
  /** Nobody holds our pipes any more: it and all it started are over. */
  #closed = false;

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    this.process = spawn(command, args, { ...options, detached: true });
    alive.add(this);
    this.ended = new Promise((resolve, reject) => {
      this.process.once("error", (error) => {
        alive.delete(this);
        reject(error);
      });
      this.process.once("close", () => {
        this.#closed = true;
      });
      this.process.once("exit", (exitCode, signal) => {
        alive.delete(this);
        this.#ending = { exitCode, signal, atMs: Date.now() };
        resolve(this.#ending);
      });
    });
    // Whoever awaits `ended` sees the error; a child nobody waits for yet must not crash us.
    this.ended.catch(() => {});
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Signals the process and all it started. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  /** Asks it to end, and makes it after `graceMs`. */
  async stop(graceMs: number): Promise<Ending | undefined> {
    if (this.pid === undefined) return this.#ending;
    // A shell goes at once; the server it started holds on to our pipe, and gets the same time to finish its work.
    // What a process left behind that ended by itself gets none.
    const over = this.#ending !== undefined;
    const deadline = Date.now() + graceMs;
    if (!over) this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    try {
      const ending = await this.ended;
      this.process.stdout?.resume();
      while (!over && !this.#closed && Date.now() < deadline) await sleep(POLL_MS);
      return ending;
    } finally {
      clearTimeout(timer);
      this.signal("SIGKILL");
    }
  }
}

/** Kills every process we started, at once. */
export function killAll(): void {
  for (const child of alive) child.signal("SIGKILL");
}
