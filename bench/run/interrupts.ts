import { killAll } from "./child.ts";

/** npm and shells may pass one Ctrl-C on several times; what comes this soon after the first is the same one. */
const SAME_MS = 100;

/**
 * Ctrl-C, and whatever else asks us to end: the first does what is right at that moment (`onFirst`), the second kills
 * everything we started.
 */
export class Interrupts {
  #action: () => void = () => {};
  #firstMs: number | undefined;
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
    return this.#firstMs !== undefined;
  }

  /** What the first Ctrl-C is to do from now on. */
  onFirst(action: () => void): void {
    this.#action = action;
  }

  release(): void {
    for (const signal of this.#signals) process.off(signal, this.#handler);
  }

  #signalled(): void {
    const now = performance.now();
    if (this.#firstMs === undefined) {
      this.#firstMs = now;
      this.#action();
    } else if (now - this.#firstMs > SAME_MS) {
      this.#screen.write(`\n${this.#lastWords}\n`);
      killAll();
      process.exit(130);
    }
  }
}
