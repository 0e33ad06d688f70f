/** Signatures from threads: the right ones, in bounds, and what happens when a thread is gone. */
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { BroadcastChannel } from "node:worker_threads";
import { MAX_WAITING, openSignatures, type Signatures } from "./signatures.ts";
import { HELD } from "./testing/holding-thread.ts";

const CRASHING = new URL("./testing/crashing-thread.ts", import.meta.url);
const HOLDING = new URL("./testing/holding-thread.ts", import.meta.url);

/** Secret key, message and signature of RFC 8032, section 7.1, tests 1 to 3. */
const RFC_8032 = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

/** A private key from its 32 bytes: what stands before them in PKCS #8 is always the same (RFC 8410). */
const keyOf = (secret: string) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), hex(secret)]),
    format: "der",
    type: "pkcs8",
  });
const KEY = keyOf(RFC_8032[0][0]);

async function signatures(t: TestContext, threads = 1, thread?: URL): Promise<Signatures> {
  const opened = await openSignatures(threads, thread);
  t.after(() => opened.close());
  return opened;
}

test("signatures are those of RFC 8032, and verify", async (t) => {
  const pool = await signatures(t);
  for (const [secret, message, expected] of RFC_8032) {
    const key = keyOf(secret);
    const signature = await pool.sign(key, hex(message));
    assert.equal(Buffer.from(signature).toString("hex"), expected);
    assert.equal(await pool.verify(createPublicKey(key), hex(message), signature), true);
  }
});

test("a changed bit, another key or a short signature does not verify, and harms no other of its batch", async (t) => {
  const pool = await signatures(t);
  const message = hex("af82");
  const right = new Uint8Array(sign(null, message, KEY));
  const key = createPublicKey(KEY);
  const flipped = right.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
  assert.deepEqual(
    await Promise.all([
      pool.verify(key, message, right),
      pool.verify(key, message, flipped),
      pool.verify(key, hex("af83"), right),
      pool.verify(createPublicKey(keyOf(RFC_8032[1][0])), message, right),
      pool.verify(key, message, right.slice(0, 63)),
      pool.verify(key, message, new Uint8Array(0)),
      pool.verify(key, message, right),
    ]),
    [true, false, false, false, false, false, true],
  );
});

test("each of many jobs on two threads gets its own answer", async (t) => {
  const pool = await signatures(t, 2);
  const messages = Array.from({ length: 500 }, (_, n) => Uint8Array.of(n >> 8, n));
  const made = await Promise.all(messages.map((message) => pool.sign(KEY, message)));
  for (const [n, message] of messages.entries())
    assert.deepEqual(Buffer.from(made[n]!), sign(null, message, KEY));
});

test("what is more than may wait is told BUSY and counted, and the rest is done", async (t) => {
  const pool = await signatures(t);
  const asked = Array.from({ length: MAX_WAITING + 3 }, () => pool.sign(KEY, Uint8Array.of(1)));
  assert.equal(pool.waiting, MAX_WAITING);
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  assert.deepEqual(
    refused.map(({ reason }) => [reason.name, reason.code]),
    Array(3).fill(["ClaimError", "BUSY"]),
  );
  assert.equal(pool.turnedAway, 3);
  assert.equal(pool.waiting, 0);
});

test("a thread that breaks fails the jobs it had, and the next ones find another", async (t) => {
  const pool = await signatures(t, 1, CRASHING);
  for (let round = 0; round < 3; round++) {
    await assert.rejects(pool.sign(KEY, new Uint8Array(0)), {
      name: "ClaimError",
      code: "DOWN",
      message: "a signature thread: struck by lightning",
    });
    assert.deepEqual(Buffer.from(await pool.sign(KEY, Uint8Array.of(1))), sign(null, Uint8Array.of(1), KEY));
  }
});

test("threads that cannot start fail every job, and keep nobody waiting", async (t) => {
  const pool = await signatures(t, 2, new URL("./testing/no-such-thread.ts", import.meta.url));
  for (let round = 0; round < 3; round++)
    await assert.rejects(pool.sign(KEY, Uint8Array.of(1)), { name: "ClaimError", code: "DOWN" });
});

test("closing tells everyone, those whose batch a thread has at work too, and leaves no thread", async (t) => {
  const threads = () => (process.report.getReport() as unknown as { workers: unknown[] }).workers.length;
  const held = new BroadcastChannel(HELD);
  t.after(() => held.close());
  const atWork = once(held, "message");
  const pool = await openSignatures(1, HOLDING);
  const asked = Array.from({ length: 200 }, () => pool.sign(KEY, Uint8Array.of(1)));
  const outcomes = Promise.allSettled(asked);
  const [{ data: jobs }] = (await atWork) as [{ data: number }];
  assert.deepEqual([jobs, pool.waiting, threads()], [64, 136, 1]);
  await pool.close();
  const told = (await outcomes).map((outcome) => outcome.status === "rejected" && outcome.reason.message);
  assert.deepEqual(told, Array(200).fill("the node is closing"));
  await assert.rejects(pool.sign(KEY, Uint8Array.of(1)), { code: "DOWN" });
  assert.equal(threads(), 0);
});
