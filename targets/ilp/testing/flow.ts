import type { Answer, Sender } from "./sender.ts";

/** Packets that leave together, and how often: a thousand a second, answered or not. */
const PER_TICK = 5;
const TICK_MS = 5;

/** What became of the packets of one part of a test. */
export interface Part {
  readonly sent: number;
  /** Packets by how they ended: "fulfill", "T00 test.a", "none", ... */
  readonly ends: Readonly<Record<string, number>>;
}

/** Packets that flow on while a test breaks and mends things. */
export class Flow {
  readonly #alice: Sender;
  readonly #destination: string;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  readonly #parts: { sent: number; ends: Record<string, number> }[] = [];

  constructor(alice: Sender, destination: string) {
    this.#alice = alice;
    this.#destination = destination;
    this.part();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** A new part of the test begins: what is sent from now on is counted in it. */
  part(): Part {
    const part = { sent: 0, ends: {} };
    this.#parts.push(part);
    return part;
  }

  get fulfilled(): number {
    return this.#parts.reduce((sum, { ends }) => sum + (ends.fulfill ?? 0), 0);
  }

  /** Sends no more, and resolves when each packet has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  #tick(): void {
    const part = this.#parts.at(-1)!;
    for (let i = 0; i < PER_TICK; i++) {
      part.sent++;
      const ended = this.#alice.send({ destination: this.#destination }).then((answer) => {
        const end = endOf(answer);
        part.ends[end] = (part.ends[end] ?? 0) + 1;
        this.#open.delete(ended);
      });
      this.#open.add(ended);
    }
  }
}

const endOf = ({ kind, code, triggeredBy }: Answer) => (kind === "reject" ? `${code} ${triggeredBy}` : kind);
