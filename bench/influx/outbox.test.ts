import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { until } from "../run/testing/processes.ts";
import { type Backoff, jitteredBackoff } from "./backoff.ts";
import type { Deliver, Delivery } from "./delivery.ts";
import { bytesOf } from "./line-queue.ts";
import { Outbox } from "./outbox.ts";
import { BATCH, BATCH_BYTES } from "./write-limit.ts";

const lines = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `line ${from + i}`);
const all = (sent: readonly string[]): Delivery => ({
  taken: true,
  written: sent.length,
  refused: 0,
  why: "",
});
const AWAY: Delivery = { taken: false, why: "ECONNREFUSED" };
const TOO_LARGE: Delivery = { taken: false, why: "status 413", tooLarge: true };
const NO_WAIT: Backoff = { next: () => 0, reset: () => {} };
const LONG_MS = 60_000;
const MANY = Number.MAX_SAFE_INTEGER;

/** A server that answers as told, and what reached it. */
function server(answer: (sent: readonly string[], attempt: number) => Delivery | Promise<Delivery>) {
  const attempts: (readonly string[])[] = [];
  const troubles: string[] = [];
  const deliver: Deliver = async (sent) => {
    attempts.push(sent);
    return answer(sent, attempts.length);
  };
  return { attempts, troubles, deliver, onTrouble: (why: string) => troubles.push(why) };
}

/** A server that answers nothing until it is no longer waited for. */
const stuck: Deliver = (_, signal) =>
  new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve({ taken: false, why: "no answer in time" })),
  );

test("what is added is delivered in its order, no more in a write than InfluxDB likes, one write at a time", async () => {
  let underWay = 0;
  let mostUnderWay = 0;
  const it = server(async (sent) => {
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    await sleep(1);
    underWay--;
    return all(sent);
  });
  const outbox = new Outbox(it);
  for (let from = 0; from < 3; from++) outbox.add(lines(BATCH, from * BATCH));
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.flat(), lines(3 * BATCH));
  assert.ok(it.attempts.every((sent) => sent.length <= BATCH));
  assert.equal(mostUnderWay, 1);
  assert.deepEqual([outbox.written, outbox.dropped, it.troubles], [3 * BATCH, 0, []]);
});

test("what a database that is away did not take is sent again, in its order", async () => {
  const it = server((sent, attempt) => (attempt <= 3 ? AWAY : all(sent)));
  const outbox = new Outbox({ ...it, backoff: NO_WAIT });
  outbox.add(lines(3));
  await until(() => it.attempts.length >= 4, "the fourth attempt");
  outbox.add(lines(2, 3));
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.slice(3).flat(), lines(5));
  assert.deepEqual([outbox.written, outbox.dropped], [5, 0]);
  assert.deepEqual(it.troubles, ["ECONNREFUSED", "ECONNREFUSED", "ECONNREFUSED"]);
});

test("a full queue lets the oldest go, and counts them", async () => {
  let away = true;
  const it = server((sent) => (away ? AWAY : all(sent)));
  const outbox = new Outbox({
    ...it,
    mostWaiting: { lines: 10, bytes: MANY },
    backoff: { next: () => LONG_MS, reset: () => {} },
  });
  outbox.add(lines(4));
  await until(() => it.troubles.length > 0, "the first attempt failed");
  for (let from = 4; from < 100; from += 4) outbox.add(lines(4, from));
  assert.deepEqual([outbox.written, outbox.dropped, it.attempts.length], [0, 90, 1]);
  away = false;
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.at(-1), lines(10, 90));
  assert.deepEqual([outbox.written, outbox.dropped], [10, 90]);
});

test("long lines fill the queue by their bytes: the oldest go, and are counted", async () => {
  let away = true;
  const it = server((sent) => (away ? AWAY : all(sent)));
  const mostWaiting = { lines: 100, bytes: 2_500 };
  const outbox = new Outbox({ ...it, mostWaiting, backoff: { next: () => LONG_MS, reset: () => {} } });
  // Two bytes of UTF-8 a letter.
  const long = (n: number) => String(n).padEnd(501, "ü");
  outbox.add([long(0)]);
  await until(() => it.troubles.length > 0, "the first attempt failed");
  for (let n = 1; n < 10; n++) outbox.add([long(n)]);
  assert.equal(outbox.dropped, 8);
  away = false;
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.at(-1), [long(8), long(9)]);
  assert.deepEqual([outbox.written, outbox.dropped], [2, 8]);
});

test("lines that are long go in smaller writes", async () => {
  const it = server(all);
  const outbox = new Outbox(it);
  const long = lines(1_000).map((line) => line.padEnd(4_000, "x"));
  outbox.add(long);
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.flat(), long);
  assert.deepEqual(
    it.attempts.map((sent) => bytesOf(sent)),
    [BATCH_BYTES, BATCH_BYTES, BATCH_BYTES, BATCH_BYTES],
  );
});

test("of a write that was too large a half is tried at once, and no later one is larger", async () => {
  // As a proxy would that lets 300 bytes through.
  const it = server((sent) => (bytesOf(sent) > 300 && sent.length > 1 ? TOO_LARGE : all(sent)));
  const outbox = new Outbox({ ...it, backoff: { next: () => LONG_MS, reset: () => {} } });
  const hundred = lines(100).map((line) => line.padEnd(10, "."));
  outbox.add(hundred);
  await until(() => outbox.written === 100, "all were written");
  outbox.add(hundred);
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.slice(0, 3).map(bytesOf), [1_000, 500, 250]);
  assert.ok(it.attempts.slice(3).every((sent) => bytesOf(sent) <= 250));
  assert.deepEqual(it.attempts.slice(2).flat(), [...hundred, ...hundred]);
  assert.deepEqual([outbox.dropped, it.troubles], [0, []]);
});

test("what is kept outlasts an outage that fills the queue, and goes first", async () => {
  let away = true;
  const it = server((sent) => (away ? AWAY : all(sent)));
  const mostWaiting = { lines: 10, bytes: MANY };
  const outbox = new Outbox({ ...it, mostWaiting, backoff: { next: () => LONG_MS, reset: () => {} } });
  outbox.keep(["start", "limit"]);
  await until(() => it.troubles.length > 0, "the first attempt failed");
  outbox.add(lines(50));
  away = false;
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts.slice(1), [["start", "limit"], lines(10, 40)]);
  assert.deepEqual([outbox.written, outbox.dropped], [12, 40]);
});

test("no more is kept than what a run can start with: the rest waits as all else does", async () => {
  const it = server(() => AWAY);
  const mostWaiting = { lines: 10, bytes: MANY };
  const outbox = new Outbox({ ...it, mostWaiting, backoff: { next: () => LONG_MS, reset: () => {} } });
  outbox.keep(lines(1_000));
  assert.equal(outbox.dropped, 490);
  await outbox.close(LONG_MS);
  assert.equal(outbox.dropped, 1_000);
});

test("points that the server refuses are dropped, not sent again; the others of their write count", async () => {
  const it = server((sent, attempt) =>
    attempt === 1 ? { taken: true, written: 2, refused: 1, why: "field type conflict" } : all(sent),
  );
  const outbox = new Outbox(it);
  outbox.add(lines(3));
  await until(() => it.troubles.length > 0, "some were refused");
  outbox.add(lines(1, 3));
  await outbox.close(LONG_MS);
  assert.deepEqual(it.attempts, [lines(3), lines(1, 3)]);
  assert.deepEqual([outbox.written, outbox.dropped, it.troubles], [3, 1, ["field type conflict"]]);
});

test("the wait between attempts grows, and begins small again after a success", async () => {
  const asked: string[] = [];
  const backoff: Backoff = {
    next: () => {
      asked.push("next");
      return 0;
    },
    reset: () => asked.push("reset"),
  };
  const it = server((sent, attempt) => (attempt <= 2 ? AWAY : all(sent)));
  const outbox = new Outbox({ ...it, backoff });
  outbox.add(lines(1));
  await until(() => outbox.written > 0, "they were written");
  await outbox.close(LONG_MS);
  assert.deepEqual(asked, ["next", "next", "reset"]);
});

test("closing cuts a wait short, tries once more, and gives up at the first failure", async () => {
  const it = server(() => AWAY);
  const outbox = new Outbox({ ...it, backoff: { next: () => LONG_MS, reset: () => {} } });
  outbox.add(lines(3));
  await until(() => it.troubles.length > 0, "the first attempt failed");
  await outbox.close(LONG_MS);
  assert.equal(it.attempts.length, 2);
  assert.deepEqual([outbox.written, outbox.dropped], [0, 3]);
});

test("closing does not wait for a server that never answers", async () => {
  const it = server(all);
  const outbox = new Outbox({ ...it, deliver: stuck });
  outbox.add(lines(3));
  await outbox.close(20);
  assert.deepEqual([outbox.written, outbox.dropped, it.troubles], [0, 3, ["no answer in time"]]);
});

test("a write that takes too long is given up, and tried again", async () => {
  const it = server(all);
  let attempts = 0;
  const deliver: Deliver = (sent, signal) =>
    ++attempts === 1 ? stuck(sent, signal) : it.deliver(sent, signal);
  const outbox = new Outbox({ ...it, deliver, writeTimeoutMs: 20, backoff: NO_WAIT });
  outbox.add(lines(3));
  await until(() => outbox.written > 0, "they were written");
  await outbox.close(LONG_MS);
  assert.deepEqual([attempts, outbox.written, outbox.dropped], [2, 3, 0]);
});

test("what is added after the end is dropped, and counted", async () => {
  const it = server(all);
  const outbox = new Outbox(it);
  await outbox.close(LONG_MS);
  outbox.add(lines(2));
  outbox.keep(lines(1));
  assert.deepEqual([outbox.written, outbox.dropped, it.attempts], [0, 3, []]);
});

test("whatever a server does, every point is written or dropped, and none twice", async () => {
  const outcome = fc.constantFrom("all", "away", "some", "too large");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(30), { maxLength: 20 }),
      fc.array(outcome, { maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      async (adds, outcomes, mostWaiting) => {
        const written: string[] = [];
        const it = server((sent, attempt) => {
          const how = outcomes[attempt - 1] ?? "all";
          if (how === "away") return AWAY;
          if (how === "too large" && sent.length > 1) return TOO_LARGE;
          const refused = how === "some" ? Math.floor(sent.length / 2) : 0;
          written.push(...sent.slice(refused));
          return { taken: true, written: sent.length - refused, refused, why: "" };
        });
        const outbox = new Outbox({
          ...it,
          mostWaiting: { lines: mostWaiting, bytes: MANY },
          backoff: NO_WAIT,
        });
        let added = 0;
        for (const n of adds) {
          if (n % 5 === 0) outbox.keep(lines(n, added));
          else outbox.add(lines(n, added));
          added += n;
          if (n % 3 === 0) await sleep(0);
        }
        await outbox.close(LONG_MS);
        assert.equal(outbox.written, written.length);
        assert.equal(outbox.written + outbox.dropped, added);
        assert.equal(new Set(written).size, written.length);
      },
    ),
    { numRuns: 200 },
  );
});

test("the back-off doubles from half a second to fifteen, each between a half and the whole", () => {
  const shortest = jitteredBackoff(() => 0);
  const longest = jitteredBackoff(() => 1 - Number.EPSILON);
  const waits = (backoff: Backoff) => Array.from({ length: 7 }, () => Math.round(backoff.next()));
  assert.deepEqual(waits(shortest), [250, 500, 1_000, 2_000, 4_000, 7_500, 7_500]);
  assert.deepEqual(waits(longest), [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  longest.reset();
  assert.equal(Math.round(longest.next()), 500);
});
