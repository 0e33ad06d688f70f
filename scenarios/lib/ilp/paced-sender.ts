import exec from "k6/execution";
import { Counter, Trend } from "k6/metrics";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "k6/timers";
import { Arrivals } from "../arrivals.ts";
import {
  CONNECT_SECONDS,
  LATENCY,
  latestStartMs,
  type PacedLoad,
  type Plan,
  peakOf,
  type Stage,
} from "../plan.ts";
import { durationOf, spanOfArrival } from "../schedule.ts";
import { isFulfilled, reasonAt } from "./answer.ts";
import { epochClock } from "./clock.ts";
import { Lateness } from "./lateness.ts";
import { dial, type Link } from "./link.ts";
import { LATE, Outstanding } from "./outstanding.ts";
import { type Payment, payment } from "./payments.ts";

const latency = new Trend(LATENCY, true);
/** The latest of each tick. How many packets left late is in `packets_late`: a generator that stalls has few ticks. */
const pacingLag = new Trend("pacing_lag", true);
const packets = new Counter("packets");
const fulfilled = new Counter("packets_fulfilled");
/** By `outcome`: rejected (whatever is no Fulfill of the packet), or timed-out. */
const failed = new Counter("packets_failed");
/** Packets that left later than `latestStartMs`. */
const late = new Counter("packets_late");
/** Answers to packets that had one already or were never sent, and what is no answer at all. */
const unexpected = new Counter("packets_unexpected");

/** How often a VU looks at what is due. 1 ms costs CPU, 10 ms would be 10 ms of the tool's own latency. */
const TICK_MS = 1;
const LEAD_MS = CONNECT_SECONDS * 1_000;
/**
 * Payments a VU makes before the load and uses in turn, because making one costs more than sending it. Each is something
 * for k6's collector to look at.
 */
const PAYMENTS = 128;
/**
 * How often counts are told, those are given up that have waited too long, and a connector that does not read is noticed;
 * and how many packets are looked at then. Often and few: every half second and all at once, the p99 showed it
 * (docs/performance.md).
 */
const SWEEP_MS = 10;
const MOST_SWEPT = 1_000;
/** Expiries are rounded up to these, so that a payment's frame mostly has the one that it had before. */
const EXPIRY_STEP_MS = 500;
/** A connector that leaves this much unread takes no more. */
const MOST_UNREAD_BYTES = 32_000_000;

export interface SenderOptions {
  readonly url: string;
  readonly token: string;
  readonly destination: string;
  readonly secret: string;
  /** Begins to watch; then every packet has a payment of its own, so that it can be told from the others. */
  readonly watch?: () => Watch;
}

/** What looks at a VU's packets while it sends them, in the same VU because VUs share nothing. Times are epoch milliseconds. */
export interface Watch {
  /** A packet is about to be sent. */
  sent(condition: Uint8Array, dueMs: number): void;
  /** @param sending whether more packets will come */
  tick(nowMs: number, sending: boolean): void;
  /** Something may still come. */
  readonly waiting: boolean;
  close(nowMs: number): void;
}

/**
 * One VU's share of a paced load: of n VUs, VU i sends arrivals i, i + n, ... at the moment each is due, over a link of
 * its own, and takes the time from that moment to when its answer reached the socket. Arrivals do not wait for answers,
 * and a late tick sends all that have become due: the schedule is kept, and lateness is latency.
 */
export function pacedSender(
  load: PacedLoad,
  {
    requestTimeoutMs,
    gracefulStopSeconds,
    extraTags,
    sla,
  }: Pick<Plan, "requestTimeoutMs" | "gracefulStopSeconds" | "extraTags" | "sla">,
  options: SenderOptions,
): () => void {
  return () => {
    const nowMs = epochClock();
    const { connections } = load;
    const startMs = exec.scenario.startTime + LEAD_MS;
    const seconds = durationOf(load);
    const arrivals = new Arrivals(load, exec.scenario.iterationInTest, connections);
    const outstanding = new Outstanding((peakOf(load) / connections) * (requestTimeoutMs / 1_000));
    const counts = { sent: 0, fulfilled: 0, rejected: 0, timedOut: 0, unexpected: 0 };
    const lateness = new Lateness(nowMs, latestStartMs(sla));
    let toldGivenUp = 0;
    let sweptMs = 0;
    const watch = options.watch?.();
    const { secret, destination } = options;
    const pool = Array.from({ length: watch ? 0 : PAYMENTS }, () => payment(secret, destination));
    const slots = watch ? outstanding.capacity : PAYMENTS;
    let dueMs = startMs + arrivals.dueSeconds * 1_000;
    let span = spanOfArrival(load, 0);
    let tagged = false;
    let link: Link;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;

    const end = () => {
      if (over) return;
      over = true;
      outstanding.giveUp(Number.POSITIVE_INFINITY);
      countGivenUp();
      report(counts);
      reportLag(lateness);
      watch?.close(nowMs());
      link.close();
    };
    /**
     * Lets go of the timers, for which k6 waits: to be called from a timer only. When one that is due is cleared from
     * elsewhere, k6 2.2 runs the next one at once. So where a link goes down they stay, and a run is as long as planned.
     */
    const leave = () => {
      end();
      if (timer !== undefined) clearInterval(timer);
      clearTimeout(deadline);
    };
    const countGivenUp = () => {
      counts.timedOut += outstanding.givenUp - toldGivenUp;
      toldGivenUp = outstanding.givenUp;
    };
    // By when it was due, and not by when it left: what is counted before goes with the stage before.
    const enter = (dueSeconds: number) => {
      report(counts);
      reportLag(lateness);
      tagged = true;
      span = spanOfArrival(load, dueSeconds);
      Object.assign(exec.vu.metrics.tags, tagsOf(span.stage));
    };
    const tagsOf = ({ phase, to }: Stage): Record<string, string> =>
      extraTags.includes("stage") ? { phase, stage: String(to) } : { phase };
    const tick = () => {
      if (over) return;
      const now = nowMs();
      if (now - sweptMs > SWEEP_MS) {
        sweptMs = now;
        outstanding.giveUp(now - requestTimeoutMs, MOST_SWEPT);
        countGivenUp();
        report(counts);
        if (link.waitingBytes() > MOST_UNREAD_BYTES) {
          console.warn(`${options.url} does not read what it is sent: the link is given up`);
          end();
          return;
        }
      }
      reportLag(lateness);
      if (dueMs <= now) {
        lateness.begin(now);
        const expiresAtMs = Math.ceil((now + requestTimeoutMs) / EXPIRY_STEP_MS) * EXPIRY_STEP_MS;
        do {
          if (arrivals.dueSeconds > span.to || !tagged) enter(arrivals.dueSeconds);
          const id = outstanding.add(dueMs);
          if (watch !== undefined) {
            const own = payment(secret, destination);
            pool[id % slots] = own;
            watch.sent(own.condition, dueMs);
          }
          lateness.leaves(dueMs);
          link.send((pool[id % slots] as Payment).packet.stamped(id, expiresAtMs));
          counts.sent++;
          arrivals.advance();
          dueMs = startMs + arrivals.dueSeconds * 1_000;
          // Up to the tick's own start: what has become due since is the next one's, or answers would never be read.
        } while (dueMs <= now);
      }
      const sent = dueMs === Number.POSITIVE_INFINITY;
      watch?.tick(now, !sent);
      const awaited = outstanding.open > 0 || watch?.waiting === true;
      if (sent && (!awaited || now > lastMs)) leave();
    };
    const lastMs = startMs + (seconds + gracefulStopSeconds) * 1_000;
    link = dial(options.url, options.token, {
      onUp() {
        timer = setInterval(tick, TICK_MS);
      },
      onAnswer(requestId, view, bytes, at, atMs) {
        const wasDueMs = outstanding.take(requestId);
        if (wasDueMs <= 0) {
          if (wasDueMs !== LATE) counts.unexpected++;
          return;
        }
        const tookMs = atMs - wasDueMs;
        // The answer to a packet of the stage before this one is that one's.
        const wasDue = (wasDueMs - startMs) / 1_000;
        if (wasDue > span.from) latency.add(tookMs);
        else latency.add(tookMs, tagsOf(spanOfArrival(load, wasDue).stage));
        if (tookMs > requestTimeoutMs) counts.timedOut++;
        else if (isFulfilled(view, at, (pool[requestId % slots] as Payment).fulfillment, requestId, bytes))
          counts.fulfilled++;
        else {
          counts.rejected++;
          complain(view, at);
        }
      },
      onUnreadable() {
        counts.unexpected++;
      },
      onDown(what) {
        if (!over) console.warn(`the link to ${options.url} ${what}`);
        end();
      },
    });
    const deadline = setTimeout(leave, LEAD_MS + (seconds + gracefulStopSeconds) * 1_000);
  };
}

interface Counts {
  sent: number;
  fulfilled: number;
  rejected: number;
  timedOut: number;
  unexpected: number;
}

/** Hands over how late the packets of the last tick left. */
function reportLag(lateness: Lateness): void {
  if (lateness.worstMs === undefined) return;
  pacingLag.add(lateness.worstMs);
  if (lateness.late > 0) late.add(lateness.late);
  lateness.clear();
}

/** Hands over what was counted since the last time: a sample a packet would cost as much as the packet. */
function report(counts: Counts): void {
  if (counts.sent > 0) packets.add(counts.sent);
  if (counts.fulfilled > 0) fulfilled.add(counts.fulfilled);
  if (counts.rejected > 0) failed.add(counts.rejected, { outcome: "rejected" });
  if (counts.timedOut > 0) failed.add(counts.timedOut, { outcome: "timed-out" });
  if (counts.unexpected > 0) unexpected.add(counts.unexpected);
  counts.sent = counts.fulfilled = counts.rejected = counts.timedOut = counts.unexpected = 0;
}

/** Packets of a VU that are told of when they were not fulfilled: enough to hear why, too few to flood a terminal. */
const TOLD = 3;
let told = 0;

/** Says why a packet was not fulfilled; the others are only counted. */
function complain(view: DataView, at: number): void {
  if (told++ < TOLD) console.warn(`a packet was not fulfilled: ${reasonAt(view, at)}`);
}
