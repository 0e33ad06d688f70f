import type { Limits } from "./limits.ts";

/** What to do about a link: ask whether the peer is there, or end it. */
export type Finding = "PING" | "STALLED" | "SILENT";

/** Sees the two ways in which a link dies without an event: a peer that does not read, and one that is not there. */
export class Liveness {
  readonly #limits: Limits;
  #heard = false;
  #heardAtMs: number;
  #pingedAtMs: number | undefined;
  /** While more waits than may: since when, and how much the peer had taken by then. */
  #congestion:
    | { readonly sinceMs: number; readonly takenBytes: number; readonly dueBytes: number }
    | undefined;

  constructor(limits: Limits, nowMs: number) {
    this.#limits = limits;
    this.#heardAtMs = nowMs;
  }

  /** How often to check. */
  get everyMs(): number {
    return Math.min(this.#limits.stallMs, this.#limits.keepAliveMs) / 4;
  }

  /** Something came. Called for every frame, so the time is taken at the next check. */
  heard(): void {
    this.#heard = true;
  }

  /**
   * @param waitingBytes what waits for the peer now
   * @param takenBytes what it has taken since the beginning
   * @param congested whether more waits for the peer than may, over all its links
   */
  check(nowMs: number, waitingBytes: number, takenBytes: number, congested: boolean): Finding | undefined {
    const { softBytes, stallMs, keepAliveMs } = this.#limits;
    // A link with less than may wait is cut as well: it may be what keeps its peer from being served on the others.
    const now = { sinceMs: nowMs, takenBytes, dueBytes: Math.min(softBytes, waitingBytes) };
    if (!congested || waitingBytes === 0) this.#congestion = undefined;
    else {
      this.#congestion ??= now;
      if (nowMs - this.#congestion.sinceMs >= stallMs) {
        // A busy peer may never catch up, as it gets new requests whenever there is room: it lives as long as it reads.
        if (takenBytes - this.#congestion.takenBytes < this.#congestion.dueBytes) return "STALLED";
        this.#congestion = now;
      }
    }
    if (this.#heard) {
      this.#heard = false;
      this.#heardAtMs = nowMs;
      this.#pingedAtMs = undefined;
    } else if (this.#pingedAtMs !== undefined) {
      if (nowMs - this.#pingedAtMs >= keepAliveMs) return "SILENT";
    } else if (nowMs - this.#heardAtMs >= keepAliveMs) {
      this.#pingedAtMs = nowMs;
      return "PING";
    }
    return undefined;
  }
}
