/**
 * Packets to a look at the clock: 16 are 0.7 ms of k6's VM. One look a tick would take the last packet of a catch-up of
 * 300 for as punctual as the first, which left 13 ms before it.
 */
export const PACKETS_A_LOOK = 16;

/**
 * How late a sender's packets leave, each from when it was due. What is missing here reads as the target's latency, so
 * the clock is looked at while a tick sends, and not only as it begins.
 */
export class Lateness {
  readonly #clock: () => number;
  readonly #latestMs: number;
  #nowMs = 0;
  #sinceLook = 0;
  /** Packets that left later than they may, since the last {@link clear}. */
  late = 0;
  /** The latest of all, in milliseconds; undefined when none has left. */
  worstMs: number | undefined;

  /**
   * @param clock milliseconds, in the time that packets are due in
   * @param latestMs a packet that leaves later than this is late
   */
  constructor(clock: () => number, latestMs: number) {
    this.#clock = clock;
    this.#latestMs = latestMs;
  }

  /** @param nowMs what the clock says, which the caller has just read */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#sinceLook = 0;
  }

  /** A packet leaves now. */
  leaves(dueMs: number): void {
    if (this.#sinceLook === PACKETS_A_LOOK) this.begin(this.#clock());
    this.#sinceLook++;
    const lateMs = this.#nowMs - dueMs;
    if (this.worstMs === undefined || lateMs > this.worstMs) this.worstMs = lateMs;
    if (lateMs > this.#latestMs) this.late++;
  }

  clear(): void {
    this.late = 0;
    this.worstMs = undefined;
  }
}
