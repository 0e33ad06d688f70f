/** When a claim is made, what it says, and what becomes of debt whose claim did not get through. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { type TestContext, test } from "node:test";
import { FrameType, type FrameView, readFrame, writeFrame } from "../../../wire/btp.ts";
import type { Refusal } from "../btp/btp.ts";
import { HandClock } from "../btp/testing/hand-clock.ts";
import { until } from "../testing/until.ts";
import { readClaim, type SignedClaim } from "./claim.ts";
import { ClaimError } from "./error.ts";
import { type PaidPeer, Payer } from "./payer.ts";
import { A_ON_B, BOOKS } from "./testing/agreement.ts";

const KEY = generateKeyPairSync("ed25519");
const EVERY_MS = 100;
/** Beyond every time that an attempt may wait. */
const LONG_MS = 60_000;

interface Sent {
  readonly transfer: FrameView;
  readonly claim: SignedClaim;
}

/** A session that keeps what was sent; its peer answers by hand. */
class Peer implements PaidPeer {
  up = true;
  refuses: Refusal | undefined;
  readonly sent: Sent[] = [];
  readonly faults: unknown[] = [];

  fault(error: unknown): void {
    this.faults.push(error);
  }

  request(size: number, write: (id: number, into: Uint8Array, at: number) => number) {
    if (this.refuses !== undefined) return this.refuses;
    const into = new Uint8Array(size);
    assert.equal(write(7, into, 0), size);
    const transfer = readFrame(into);
    this.sent.push({ transfer, claim: readClaim(transfer.entries[0]!.data) });
    return undefined;
  }
}

function answer(code?: string): FrameView {
  const into = new Uint8Array(256);
  const head = { requestId: 7, entries: [] };
  const error = {
    code: code ?? "",
    name: "NotAcceptedError",
    triggeredAtMs: 0,
    data: Buffer.from("no, thanks"),
  };
  const frame =
    code === undefined ? { type: FrameType.response, ...head } : { type: FrameType.error, ...head, ...error };
  return readFrame(into.slice(0, writeFrame(frame, into)));
}

function payer(owedBefore = 0n, random?: () => number) {
  const clock = new HandClock();
  const peer = new Peer();
  const notes: string[] = [];
  const threads: { down: boolean; error?: Error } = { down: false };
  const payer = new Payer({
    agreement: A_ON_B,
    booksId: BOOKS,
    key: KEY.privateKey,
    everyMs: EVERY_MS,
    signatures: {
      async sign(key, terms) {
        if (threads.error) throw threads.error;
        if (threads.down) throw new ClaimError("DOWN", "no threads");
        return new Uint8Array(sign(null, terms, key));
      },
    },
    peer,
    owedBefore,
    clock,
    ...(random && { random }),
    note: (level, message) => notes.push(`${level}: ${message}`),
  });
  /** Lets time pass, and the claim that this makes be sent. */
  const turn = async (ms: number) => {
    clock.turn(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { payer, clock, peer, notes, threads, turn };
}

test("who owes nothing signs nothing and sets no timer", () => {
  const { payer: idle, clock } = payer();
  assert.deepEqual([clock.waits, idle.owed], [[], 0n]);
});

test("a claim says all that is owed, between whom, and is signed", async () => {
  const { payer: debtor, peer, turn } = payer(1_000n);
  debtor.owe(5);
  debtor.owe(7);
  await turn(EVERY_MS);
  const [{ transfer, claim }] = peer.sent as [Sent];
  assert.deepEqual([transfer.type, transfer.amount, transfer.entryCount], [FrameType.transfer, 1_012n, 1]);
  const { from, to, asset } = claim;
  assert.deepEqual([{ from, to, asset }, claim.booksId, claim.amount], [A_ON_B, BOOKS, 1_012n]);
  assert.ok(verify(null, claim.terms, KEY.publicKey, claim.signature));
});

test("however many packets there are, there is one claim each everyMs, and none once all is claimed", async () => {
  const { payer: debtor, clock, peer, turn } = payer();
  for (let ms = 0; ms < 1_000; ms++) {
    for (let n = 0; n < 20; n++) debtor.owe(1);
    await turn(1);
    if (debtor.counters.sent > debtor.counters.acknowledged) debtor.onAnswer(answer());
  }
  assert.deepEqual(
    peer.sent.map(({ claim }) => claim.amount),
    Array.from({ length: 10 }, (_, n) => BigInt((n + 1) * 2_000)),
  );
  assert.deepEqual(
    peer.sent.map(({ transfer }) => transfer.amount),
    Array(10).fill(2_000n),
  );
  assert.deepEqual([clock.waits, debtor.acknowledged], [[], 20_000n]);
});

test("while a claim is under way there is no other, and the next one has all that came meanwhile", async () => {
  const { payer: debtor, peer, turn } = payer();
  debtor.owe(1);
  await turn(EVERY_MS);
  debtor.owe(2);
  await turn(LONG_MS);
  assert.equal(peer.sent.length, 1);
  debtor.onAnswer(answer());
  debtor.owe(4);
  await turn(EVERY_MS - 1);
  assert.equal(peer.sent.length, 1);
  await turn(1);
  assert.deepEqual([peer.sent[1]?.claim.amount, peer.sent[1]?.transfer.amount], [7n, 6n]);
});

test("a claim that is lost is in the next one, which is no sooner", async () => {
  const { payer: debtor, peer, clock, turn } = payer();
  debtor.owe(10);
  await turn(EVERY_MS);
  debtor.onFailure();
  assert.ok(clock.waits[0]! >= EVERY_MS);
  await turn(LONG_MS);
  const [first, second] = peer.sent as [Sent, Sent];
  assert.deepEqual([second.claim.amount, second.transfer.amount], [10n, 10n]);
  assert.ok(second.claim.nonce > first.claim.nonce);
  assert.equal(debtor.counters.unanswered, 1);
});

test("nonces rise also when the clock is set back", async (t: TestContext) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
  const { payer: debtor, peer, turn } = payer();
  for (const nowMs of [1_790_000_000_000, 1_780_000_000_000, 1_780_000_000_000, 1_790_000_000_007]) {
    t.mock.timers.setTime(nowMs);
    debtor.owe(1);
    await turn(LONG_MS);
    debtor.onAnswer(answer());
  }
  assert.deepEqual(
    peer.sent.map(({ claim }) => claim.nonce - 1_790_000_000_000n),
    [0n, 1n, 2n, 7n],
  );
});

test("debts of a process before this one are spread over everyMs, not claimed all in one tick", async () => {
  const shares = [0, 0.25, 0.999];
  const waits = shares.map((share) => payer(5n, () => share).clock.waits);
  assert.deepEqual(waits, [[0], [25], [99.9]]);
});

test("an error that is none of a claim's goes to the session, and the claim is made later", async () => {
  const { payer: debtor, peer, threads, turn } = payer(5n);
  threads.error = new TypeError("struck by lightning");
  await turn(EVERY_MS);
  assert.deepEqual([peer.faults, peer.sent.length], [[threads.error], 0]);
  delete threads.error;
  await turn(LONG_MS);
  debtor.onAnswer(answer());
  assert.deepEqual([debtor.acknowledged, peer.faults.length], [5n, 1]);
});

test("what a process before this one owed is claimed without a packet", async () => {
  const { peer, turn } = payer(5n);
  await turn(EVERY_MS);
  assert.equal(peer.sent[0]?.claim.amount, 5n);
});

test("nothing is signed for a peer that is not connected; when it is back, it gets one claim", async () => {
  const { payer: debtor, peer, turn } = payer();
  peer.up = false;
  debtor.owe(3);
  for (let n = 0; n < 5; n++) await turn(LONG_MS);
  assert.deepEqual([debtor.counters.signed, peer.sent.length], [0, 0]);
  peer.up = true;
  await turn(LONG_MS);
  assert.deepEqual([debtor.counters.signed, peer.sent[0]?.claim.amount], [1, 3n]);
});

test("threads that are down and a session that takes nothing only put the claim off", async () => {
  const { payer: debtor, peer, threads, turn } = payer();
  threads.down = true;
  debtor.owe(3);
  await turn(LONG_MS);
  threads.down = false;
  peer.refuses = "BACKPRESSURE";
  await turn(LONG_MS);
  peer.refuses = undefined;
  await turn(LONG_MS);
  const { unsigned, unsent, sent } = debtor.counters;
  assert.deepEqual([unsigned, unsent, sent, peer.sent[0]?.claim.amount], [1, 1, 1, 3n]);
});

test("a refusal is told once for each code, one that passes never, and once when it is over", async () => {
  const { payer: debtor, notes, turn } = payer(3n);
  const codes = ["T00", "F00", "F00", "T00", "F00", "F01", undefined, undefined, "T00", undefined, "F00"];
  for (const code of codes) {
    debtor.owe(1);
    await turn(LONG_MS);
    debtor.onAnswer(answer(code));
  }
  assert.deepEqual(notes, [
    "warn: peer B refuses our claim: F00 no, thanks",
    "warn: peer B refuses our claim: F01 no, thanks",
    "info: peer B takes our claims again",
    "warn: peer B refuses our claim: F00 no, thanks",
  ]);
  assert.deepEqual([debtor.counters.refusedByPeer, debtor.counters.acknowledged], [8, 3]);
});

test("who is closed sets no timer and sends nothing more, wherever its claim was", async () => {
  const waits = payer();
  waits.payer.owe(1);
  waits.payer.close();
  const signs = payer(1n);
  signs.clock.turn(EVERY_MS);
  signs.payer.close();
  const sent = payer(1n);
  await sent.turn(EVERY_MS);
  sent.payer.close();
  sent.payer.onFailure();
  await until("the signature", () => signs.payer.counters.signed === 1);
  for (const { payer: debtor, clock } of [waits, signs, sent]) {
    debtor.owe(1);
    assert.deepEqual(clock.waits, []);
  }
  assert.deepEqual(
    [waits, signs, sent].map(({ peer }) => peer.sent.length),
    [0, 0, 1],
  );
});
