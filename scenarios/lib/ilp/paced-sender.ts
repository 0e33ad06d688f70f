import exec from "k6/execution";
import { Counter, Trend } from "k6/metrics";
import { clearInterval, setInterval, setTimeout } from "k6/timers";
import { PrepareTemplate } from "../../../wire/btp.ts";
import { CONNECT_SECONDS, LATENCY, type PacedLoad, type Plan } from "../plan.ts";
import { arrivalsDue, durationOf, intendedStart, stageAt } from "../schedule.ts";
import { complain, isFulfilled } from "./answer.ts";
import { epochClock } from "./clock.ts";
import { dial, type Link } from "./link.ts";
import { DATA_BYTES, type Payment, payments } from "./payments.ts";

const latency = new Trend(LATENCY, true);
const pacingLag = new Trend("pacing_lag", true);
const packets = new Counter("packets");
const fulfilled = new Counter("packets_fulfilled");
/** By `outcome`: rejected, or unanswered when the run was over. */
const failed = new Counter("packets_failed");
/** Answers to packets that had one already, or that were never sent. */
const unexpected = new Counter("packets_unexpected");

/** How often a VU looks at what is due. 1 ms costs CPU, 10 ms would be 10 ms of the tool's own latency. */
const TICK_MS = 1;
const LEAD_MS = CONNECT_SECONDS * 1_000;
/** Payments a VU makes and uses in turn. */
const PAYMENTS = 512;
const AMOUNT = 100;

export interface SenderOptions {
  readonly url: string;
  readonly token: string;
  readonly destination: string;
  readonly secret: string;
}

/**
 * One VU's share of a paced load: of n VUs, VU i sends arrivals i, i + n, ... at the moment each is due, over a link of
 * its own, and takes the time from that moment to when its answer reached the socket. Arrivals do not wait for answers,
 * and a late tick sends all that have become due: the schedule is kept, and lateness is latency.
 */
export function pacedSender(
  load: PacedLoad,
  { requestTimeoutMs, gracefulStopSeconds }: Pick<Plan, "requestTimeoutMs" | "gracefulStopSeconds">,
  options: SenderOptions,
): () => void {
  return () => {
    const nowMs = epochClock();
    const vus = load.connections;
    const first = exec.scenario.iterationInTest;
    const startMs = exec.scenario.startTime + LEAD_MS;
    const endMs = startMs + durationOf(load) * 1000;
    const all = Math.floor(arrivalsDue(load, durationOf(load)));
    const pool = payments(PAYMENTS, options.secret);
    const template = new PrepareTemplate({
      amount: AMOUNT,
      expiresAtMs: startMs,
      condition: (pool[0] as Payment).condition,
      destination: options.destination,
      data: new Uint8Array(DATA_BYTES),
    });
    // By request id, from 1 on: when each was due, 0 once it was answered.
    const due: number[] = [0];
    let answered = 0;
    let paid = 0;
    let rejected = 0;
    let next = first;
    let nextDueMs = startMs + intendedStart(load, next) * 1000;
    let phase = "";
    let link: Link;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;

    const tag = (seconds: number) => {
      const now = stageAt(load, seconds).phase;
      if (now === phase) return;
      phase = now;
      exec.vu.metrics.tags.phase = phase;
    };
    const end = () => {
      if (over) return;
      over = true;
      if (timer !== undefined) clearInterval(timer);
      countAnswers();
      const missing = due.length - 1 - answered;
      if (missing > 0) failed.add(missing, { outcome: "unanswered" });
      link.close();
    };
    // Counted a tick at a time, as a sample a packet would cost as much as the packet.
    const countAnswers = () => {
      if (paid > 0) fulfilled.add(paid);
      if (rejected > 0) failed.add(rejected, { outcome: "rejected" });
      paid = 0;
      rejected = 0;
    };
    const tick = () => {
      const now = nowMs();
      countAnswers();
      tag((now - startMs) / 1000);
      let sent = 0;
      let latest = 0;
      while (nextDueMs <= now && next < all) {
        const payment = pool[due.length % PAYMENTS] as Payment;
        link.send(
          template.frame(due.length, AMOUNT, now + requestTimeoutMs, payment.condition, payment.data),
        );
        latest = Math.max(latest, now - nextDueMs);
        due.push(nextDueMs);
        sent++;
        next += vus;
        nextDueMs = startMs + intendedStart(load, next) * 1000;
      }
      if (sent > 0) {
        packets.add(sent);
        // The latest of the tick, for the same reason.
        pacingLag.add(latest);
      }
      if (next >= all && (answered === due.length - 1 || now > endMs + gracefulStopSeconds * 1000)) end();
    };
    link = dial(options.url, options.token, {
      onUp() {
        timer = setInterval(tick, TICK_MS);
      },
      onAnswer(requestId, view, at, atMs) {
        const dueMs = due[requestId] ?? 0;
        if (dueMs === 0) {
          unexpected.add(1);
          return;
        }
        due[requestId] = 0;
        answered++;
        latency.add(atMs - dueMs);
        if (isFulfilled(view, at, (pool[requestId % PAYMENTS] as Payment).fulfillment)) paid++;
        else {
          rejected++;
          complain(view, at);
        }
      },
      onDown(why) {
        if (!over) console.warn(`the link to ${options.url} is down: ${why}`);
        end();
      },
    });
    setTimeout(end, LEAD_MS + durationOf(load) * 1000 + gracefulStopSeconds * 1000);
  };
}
