import type { Ledger } from "../ledger/ledger.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** How often a node says how it is: whoever subscribes to the hub knows of every node after so long. */
const EVERY_MS = 5_000;
/** How soon it is seen that the ledger went down or came back: a ledger is asked, it does not tell. */
const LOOK_MS = 250;

export interface StatusParts {
  readonly telemetry: Pick<Telemetry, "status">;
  readonly ledger: Pick<Ledger, "stats">;
  /** What else a node says of itself. */
  readonly fields: () => Readonly<Record<string, number>>;
}

/**
 * Tells the telemetry how a node is: `ready`, or `degraded` while its ledger is down; at once, every five seconds, when the
 * ledger went down or came back, and `stopping` at the end.
 */
export class StatusReports {
  readonly #parts: StatusParts;
  readonly #timer: NodeJS.Timeout;
  #state: string | undefined;
  #outages = 0;
  #looks = 0;
  #stopped = false;

  constructor(parts: StatusParts) {
    this.#parts = parts;
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Says that the node stops, once, and nothing any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#tell("stopping");
  }

  #look(): void {
    const { state, outages } = this.#parts.ledger.stats();
    // One that was down and is back already has had an outage more.
    const changed = state !== this.#state || outages !== this.#outages;
    this.#state = state;
    this.#outages = outages;
    if (!changed && ++this.#looks < EVERY_MS / LOOK_MS) return;
    this.#looks = 0;
    this.#tell(state === "up" ? "ready" : "degraded");
  }

  #tell(status: string): void {
    const { telemetry, ledger, fields } = this.#parts;
    const { state, outages } = ledger.stats();
    telemetry.status(status, { ledger: state, ledgerOutages: outages, ...fields() });
  }
}
