import { count } from "../format.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Onlooker } from "../run/onlooker.ts";
import type { Window } from "../windows/window.ts";
import type { Address } from "./address.ts";
import { deliverTo } from "./delivery.ts";
import { Outbox } from "./outbox.ts";
import { type InfluxPoint, lineOf } from "./point.ts";
import { PointsOfRun, tooManySeries } from "./points-of-run.ts";

/** What is left when the run is over may take so long; a database that is away must not hold up the verdict. */
const FLUSH_MS = 5_000;

export interface StreamOptions {
  readonly address: Address;
  /** What a user types to send a run's points later. */
  readonly pushCommand: (run: Run) => string;
  readonly outbox?: (onTrouble: (why: string) => void) => Outbox;
}

/** Sends a run to InfluxDB while it goes. Nothing the database does reaches the run but one line of warning. */
export class InfluxStream implements Onlooker {
  readonly #options: StreamOptions;
  readonly #outbox: Outbox;
  #points: PointsOfRun | undefined;
  #trouble: string | undefined;
  #warn: (why: string) => void = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
    const { outbox = (onTrouble) => new Outbox({ deliver: deliverTo(options.address), onTrouble }) } =
      options;
    this.#outbox = outbox((why) => this.#onTrouble(why));
  }

  begin(run: Run, say: (line: string) => void): void {
    const { address, pushCommand } = this.#options;
    this.#points = new PointsOfRun(run);
    this.#warn = (why) =>
      say(
        `InfluxDB at ${address.shown} does not take points (${why}); the run goes on. Later: ${pushCommand(run)}`,
      );
    this.#outbox.keep(linesOf(this.#points.start()));
  }

  window(window: Window): void {
    this.#add(this.#points?.window(window) ?? []);
  }

  resources(sample: ResourceSample): void {
    this.#add(this.#points?.resources(sample) ?? []);
  }

  /** Sends how the run ended and what still waits; says in a line what arrived. */
  async end(run: Run): Promise<string> {
    // From here on the line below tells it all.
    this.#warn = () => {};
    this.#add(this.#points?.end(run) ?? []);
    await this.#outbox.close(FLUSH_MS);
    const { written, dropped } = this.#outbox;
    const { address, pushCommand } = this.#options;
    const arrived = `InfluxDB: ${count(written)} points written to ${address.shown}`;
    const tooMany = this.#points?.leftOut ?? 0;
    const leftOut = tooMany === 0 ? "" : `; ${tooManySeries(tooMany)}`;
    if (dropped === 0) return `${arrived}${leftOut}`;
    const why = this.#trouble === undefined ? "" : ` (${this.#trouble})`;
    return `${arrived}, ${count(dropped)} dropped${why}${leftOut}; all of them: ${pushCommand(run)}`;
  }

  /** Of a run that could not be finished nothing more is sent. */
  abandon(): Promise<void> {
    return this.#outbox.close(0);
  }

  #add(points: readonly InfluxPoint[]): void {
    this.#outbox.add(linesOf(points));
  }

  #onTrouble(why: string): void {
    if (this.#trouble === undefined) this.#warn(why);
    this.#trouble = why;
  }
}

function linesOf(points: readonly InfluxPoint[]): string[] {
  return points.map(lineOf).filter((line) => line !== undefined);
}
