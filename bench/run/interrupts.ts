import { killAll } from "./child.ts";

/** npm and shells may pass one Ctrl-C on several times; what comes this soon after the first is the same one. */
const SAME_MS = 100;

/**
 * Ctrl-C, and whatever else asks us to end: the first does what is right at that moment (`onFirst`), the second kills
 * everything we started, unless that has something to tidy up as well (`onSecond`); then the third does.
 */
export class Interrupts {
  #action: () => void = () => {};
  #second: (() => void) | undefined;
  #lastMs: number | undefined;
  readonly #signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  readonly #handler = () => this.#signalled();
  readonly #screen: NodeJS.WriteStream;
  readonly #lastWords: string;

  /** @param lastWords what is said when the second one kills everything */
  constructor(screen: NodeJS.WriteStream, lastWords: string) {
    this.#screen = screen;
    this.#lastWords = lastWords;
    for (const signal of this.#signals) process.on(signal, this.#handler);
  }

  get requested(): boolean {
    return this.#lastMs !== undefined;
  }

  /** What the first Ctrl-C is to do from now on. */
  onFirst(action: () => void): void {
    this.#action = action;
  }

  /** What the second is to do from now on instead of killing; undefined: it kills. */
  onSecond(action: (() => void) | undefined): void {
    this.#second = action;
  }

  release(): void {
    for (const signal of this.#signals) process.off(signal, this.#handler);
  }

  #signalled(): void {
    const now = performance.now();
    const last = this.#lastMs;
    if (last !== undefined && now - last <= SAME_MS) return;
    this.#lastMs = now;
    if (last === undefined) this.#action();
    else if (this.#second) {
      const action = this.#second;
      this.#second = undefined;
      action();
    } else {
      this.#screen.write(`\n${this.#lastWords}\n`);
      killAll();
      process.exit(130);
    }
  }
}
