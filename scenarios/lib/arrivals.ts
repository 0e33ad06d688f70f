import type { Load, Stage } from "./plan.ts";
import { timeToArea } from "./schedule.ts";

/** As in wholeArrivalsIn: a millionth of an arrival. */
const ROUNDING = 1e-6;

/**
 * Walks every `step`-th arrival of a load in order: as `intendedStart` tells for each, but without working through the
 * stages anew, because k6's VM takes microseconds for that and a paced load asks ten thousand times a second.
 */
export class Arrivals {
  /** When the current arrival is due, seconds from the start of the load; Infinity when there are no more. */
  dueSeconds = 0;
  readonly #stages: readonly Stage[];
  readonly #step: number;
  #left: number;
  #at = 0;
  #startSeconds = 0;
  #from: number;
  #area = 0;
  /** The rate stays the same during the current stage. */
  #flat = false;

  /**
   * @param first 0-based number of the arrival to begin with
   * @param step how many arrivals on the next one is
   */
  constructor(load: Load, first: number, step: number) {
    this.#stages = load.stages;
    this.#step = step;
    this.#from = load.from;
    this.#left = first + 1;
    this.#area = this.#areaOfStage();
    this.#find();
  }

  advance(): void {
    this.#left += this.#step;
    // What #find would come to, with the fewest operations of k6's VM: this is asked for every packet.
    if (this.#flat && this.#left <= this.#area)
      this.dueSeconds = this.#startSeconds + this.#left / this.#from;
    else this.#find();
  }

  #find(): void {
    // Sums of fractions: the last arrival of a stage must not be lost to the last digit.
    while (this.#left > this.#area + ROUNDING || this.#area === 0) {
      const over = this.#stages[this.#at];
      if (over === undefined) {
        this.dueSeconds = Number.POSITIVE_INFINITY;
        return;
      }
      this.#left -= this.#area;
      this.#startSeconds += over.seconds;
      this.#from = over.to;
      this.#at++;
      this.#area = this.#areaOfStage();
    }
    const stage = this.#stages[this.#at] as Stage;
    this.#flat = stage.to === this.#from;
    this.dueSeconds = this.#startSeconds + timeToArea(this.#from, stage, this.#left);
  }

  /** Arrivals of the current stage, fractional. */
  #areaOfStage(): number {
    const stage = this.#stages[this.#at];
    return stage === undefined ? 0 : ((this.#from + stage.to) / 2) * stage.seconds;
  }
}
