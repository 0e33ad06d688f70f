/** Which claims are taken: each Transfer gets one answer, whatever is in it. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { type TestContext, test } from "node:test";
import * as fc from "fast-check";
import {
  ContentType,
  type Entry,
  FrameType,
  type FrameView,
  readFrame,
  sizeOfFrame,
  writeFrame,
} from "../../../wire/btp.ts";
import { until } from "../testing/until.ts";
import { type Claim, type SignedClaim, sealed, writeTerms } from "./claim.ts";
import { ClaimError } from "./error.ts";
import { MAX_BOOKS, Payee, type PayeeOptions } from "./payee.ts";
import { openSignatures } from "./signatures.ts";
import { A, A_ON_B, B, BOOKS } from "./testing/agreement.ts";

const OURS = generateKeyPairSync("ed25519");
const OTHER = generateKeyPairSync("ed25519");
const RIGHT: Claim = { ...A_ON_B, booksId: BOOKS, nonce: 10n, amount: 100n };

/** Writes down the answers: `yes`, or the code and text of a refusal. */
class Asker {
  readonly answers: string[] = [];

  acknowledge(requestId: number): boolean {
    this.answers.push(`${requestId} yes`);
    return true;
  }

  readonly faults: unknown[] = [];
  readonly session = { fault: (error: unknown) => void this.faults.push(error) };

  refuse(requestId: number, code: string, text: string): boolean {
    this.answers.push(`${requestId} ${code}: ${text}`);
    return true;
  }
}

function transfer(requestId: number, entries: readonly Entry[]): FrameView {
  const frame = { type: FrameType.transfer, requestId, amount: 1, entries };
  const into = new Uint8Array(sizeOfFrame(frame));
  writeFrame(frame, into);
  return readFrame(into);
}

const entry = (data: Uint8Array, name = "claim"): Entry => ({ name, contentType: ContentType.octets, data });

function signed(claim: Partial<Claim>, key = OURS.privateKey): Uint8Array {
  const terms = writeTerms({ ...RIGHT, ...claim });
  return sealed(terms, sign(null, terms, key));
}

const WRONG_SIGNATURE =
  "notAccepted: the signature is not that of A: check that verifyWith at B is the public half of signWith at A";

const PARTS: Omit<PayeeOptions, "signatures"> = {
  agreement: A_ON_B,
  key: OURS.publicKey,
  file: { of: () => [], keep: async () => {} },
  dueBefore: 0n,
  note: () => {},
};

/** The claim as such. */
const plain = ({ from, to, asset, booksId, nonce, amount }: Claim): Claim => ({
  from,
  to,
  asset,
  booksId,
  nonce,
  amount,
});

async function payee(t: TestContext) {
  const signatures = await openSignatures(1);
  t.after(() => signatures.close());
  const notes: string[] = [];
  const note = (level: string, message: string) => void notes.push(`${level}: ${message}`);
  const kept: SignedClaim[] = [];
  const disk: { error?: Error } = {};
  const file = {
    of: () => [],
    async keep(claim: SignedClaim) {
      if (disk.error) throw disk.error;
      kept.push(claim);
    },
  };
  const payee = new Payee({ ...PARTS, signatures, note, file });
  const asker = new Asker();
  let id = 0;
  return {
    payee,
    asker,
    signatures,
    notes,
    kept,
    disk,
    /** The answer to a Transfer with this claim, without its id. */
    async ask(...entries: Entry[]): Promise<string> {
      payee.receive(asker, transfer(++id, entries));
      await until("the answer", () => asker.answers.length === id);
      return asker.answers[id - 1]!.replace(`${id} `, "");
    },
  };
}

test("claims are taken as long as they rise; the same amount under a new nonce is one whose answer was lost", async (t) => {
  const { payee: creditor, ask } = await payee(t);
  for (const claim of [RIGHT, { ...RIGHT, nonce: 11n }, { ...RIGHT, nonce: 500n, amount: 2n ** 64n - 1n }]) {
    assert.equal(await ask(entry(signed(claim))), "yes");
    assert.deepEqual(creditor.best.map(plain), [claim]);
  }
  assert.equal(creditor.verified, 3);
});

test("every other claim is refused, and the best one stays", async (t) => {
  const { payee: creditor, ask } = await payee(t);
  assert.equal(await ask(entry(signed(RIGHT))), "yes");
  const next = signed({ nonce: 11n, amount: 101n });
  const tampered = next.map((byte, i) => (i === next.length - 65 ? byte ^ 2 : byte));
  const flipped = next.map((byte, i) => (i === next.length - 1 ? byte ^ 1 : byte));
  for (const [entries, answer] of [
    [[entry(tampered)], WRONG_SIGNATURE],
    [[entry(flipped)], WRONG_SIGNATURE],
    [[entry(signed({ nonce: 11n }, OTHER.privateKey))], WRONG_SIGNATURE],
    [[entry(signed(RIGHT))], "notAccepted: nonce 10 is not above 10, which was taken"],
    [[entry(signed({ nonce: 9n, amount: 500n }))], "notAccepted: nonce 9 is not above 10, which was taken"],
    [[entry(signed({ nonce: 11n, amount: 99n }))], "notAccepted: amount 99 is below 100, which was claimed"],
    [
      [entry(signed({ nonce: 11n, from: { ...A, nodeId: "C" } }))],
      "notAccepted: a claim of C (test.a) on B (test.b) in XTS at scale 0; wanted: of A (test.a) on B (test.b) in XTS at scale 0",
    ],
    [
      [entry(signed({ nonce: 11n, to: { ...B, ilpAddress: "g.b" } }))],
      "notAccepted: a claim of A (test.a) on B (g.b) in XTS at scale 0; wanted: of A (test.a) on B (test.b) in XTS at scale 0",
    ],
    [
      [entry(signed({ nonce: 11n, asset: { code: "XTS", scale: 9 } }))],
      "notAccepted: a claim of A (test.a) on B (test.b) in XTS at scale 9; wanted: of A (test.a) on B (test.b) in XTS at scale 0",
    ],
    [[], "invalidFields: a Transfer of one entry is wanted, named claim"],
    [[entry(next, "clam")], "invalidFields: a Transfer of one entry is wanted, named claim"],
    [[entry(next), entry(next)], "invalidFields: a Transfer of one entry is wanted, named claim"],
    [[entry(next.subarray(0, -1))], "invalidFields: a signature of 63 bytes"],
  ] as const) {
    assert.equal(await ask(...entries), answer);
    assert.deepEqual(creditor.best.map(plain), [RIGHT]);
  }
  assert.equal(creditor.verified, 1);
  assert.deepEqual(creditor.refused, {
    WRONG_SIGNATURE: 3,
    OLD_NONCE: 2,
    SMALLER_AMOUNT: 1,
    WRONG_PARTIES: 3,
    NO_CLAIM: 3,
    BAD_CLAIM: 1,
  });
});

test("what was claimed by books that the peer lost stays claimed, and its new ones begin at nothing", async (t) => {
  const { payee: creditor, ask } = await payee(t);
  const books = (n: number) => n.toString(16).padStart(16, "0");
  for (let n = 0; n < MAX_BOOKS; n++) {
    const claim = signed({ booksId: books(n), nonce: BigInt(100 - n), amount: BigInt(MAX_BOOKS - n) });
    assert.equal(await ask(entry(claim)), "yes");
  }
  assert.equal(
    await ask(entry(signed({ booksId: books(MAX_BOOKS) }))),
    "notAccepted: there are claims by 16 other books: settle them first",
  );
  assert.equal(
    await ask(entry(signed({ booksId: books(0), nonce: 100n, amount: 900n }))),
    "notAccepted: nonce 100 is not above 100, which was taken",
  );
  assert.equal(await ask(entry(signed({ booksId: books(0), nonce: 101n, amount: 17n }))), "yes");
  assert.equal(creditor.claimed, 17n + (15n * 16n) / 2n);
  assert.deepEqual(creditor.refused, { MANY_BOOKS: 1, OLD_NONCE: 1 });
});

test("a claim is on disk before it is acknowledged, and one that cannot be written is not taken", async (t) => {
  const { payee: creditor, ask, kept, disk, notes } = await payee(t);
  disk.error = new ClaimError("UNKEPT", "the claim cannot be written to disk now: ENOSPC");
  assert.equal(
    await ask(entry(signed(RIGHT))),
    "unreachable: the claim cannot be written to disk now: ENOSPC",
  );
  assert.deepEqual(creditor.best, []);
  delete disk.error;
  assert.equal(await ask(entry(signed({ nonce: 11n }))), "yes");
  assert.deepEqual([kept.length, kept[0]?.nonce, creditor.claimed], [1, 11n, 100n]);
  assert.deepEqual(notes, [
    "warn: a claim of peer A is refused: the claim cannot be written to disk now: ENOSPC",
    "info: claims of peer A are right again",
  ]);
});

test("claims of before are known from the start, and those of another agreement are not taken for them", () => {
  const signatures = { verify: () => Promise.resolve(true) };
  const file = (claim: Claim) => ({ of: () => [claim], keep: async () => {} });
  assert.equal(new Payee({ ...PARTS, signatures, file: file(RIGHT) }).claimed, 100n);
  const other = { ...RIGHT, asset: { code: "EUR", scale: 2 } };
  assert.throws(() => new Payee({ ...PARTS, signatures, file: file(other) }), {
    name: "ClaimError",
    code: "CLAIMS_FILE",
    message: /^a claim of A \(test\.a\) on B \(test\.b\) in EUR at scale 2; wanted: .* in XTS at scale 0$/,
  });
});

test("a second claim while the first is verified is to be tried again, and the first is taken", async (t) => {
  const { payee: creditor, asker, ask } = await payee(t);
  creditor.receive(asker, transfer(7, [entry(signed(RIGHT))]));
  creditor.receive(asker, transfer(8, [entry(signed({ nonce: 11n }))]));
  assert.deepEqual(asker.answers, ["8 unreachable: the claim before this one is being verified"]);
  await until("the first answer", () => asker.answers.length === 2);
  assert.equal(asker.answers[1], "7 yes");
  asker.answers.length = 0;
  assert.equal(await ask(entry(signed({ nonce: 11n }))), "yes");
});

test("what is wrong is told once each, busy threads never, and once that it is over", async (t) => {
  const { ask, notes } = await payee(t);
  const wrong = signed({ nonce: 11n }, OTHER.privateKey);
  for (let n = 0; n < 3; n++) {
    await ask(entry(wrong));
    await ask();
  }
  assert.equal(await ask(entry(signed(RIGHT))), "yes");
  assert.equal(await ask(entry(signed({ nonce: 12n }))), "yes");
  assert.equal(await ask(entry(wrong)), "notAccepted: nonce 11 is not above 12, which was taken");
  const told = WRONG_SIGNATURE.replace("notAccepted", "warn: a claim of peer A is refused");
  assert.deepEqual(notes, [
    told,
    "warn: a claim of peer A is refused: a Transfer of one entry is wanted, named claim",
    "info: claims of peer A are right again",
    "warn: a claim of peer A is refused: nonce 11 is not above 12, which was taken",
  ]);
});

test("an error that is none of a claim's goes to the session, wherever it comes from, and the peer is answered", async () => {
  const struck = new TypeError("struck by lightning");
  for (const verify of [
    () => Promise.reject(struck),
    () => {
      throw struck;
    },
  ]) {
    const asker = new Asker();
    new Payee({ ...PARTS, signatures: { verify } }).receive(asker, transfer(1, [entry(signed(RIGHT))]));
    await until("the answer", () => asker.answers.length === 1);
    assert.deepEqual(asker.answers, ["1 unreachable: internal error"]);
    assert.deepEqual(asker.faults, [struck]);
  }
  // And a link that throws at the very answers.
  const asker = new Asker();
  asker.refuse = asker.acknowledge = () => {
    throw struck;
  };
  const signatures = { verify: () => Promise.resolve(true) };
  new Payee({ ...PARTS, signatures }).receive(asker, transfer(1, [entry(signed(RIGHT))]));
  await until("the faults", () => asker.faults.length === 2);
  assert.deepEqual(asker.faults, [struck, struck]);
});

test("threads that are gone make a claim be tried again, and nothing is taken unverified", async (t) => {
  const { payee: creditor, ask, signatures } = await payee(t);
  await signatures.close();
  assert.equal(await ask(entry(signed(RIGHT))), "unreachable: the node is closing");
  assert.deepEqual([creditor.best, creditor.refused], [[], { DOWN: 1 }]);
});

test("whatever entries a Transfer has, it gets one refusal at once, and no thread sees it", () => {
  let seen = 0;
  const verify = () => {
    seen++;
    return Promise.resolve(false);
  };
  const notes: string[] = [];
  const note = (_: string, message: string) => void notes.push(message);
  const creditor = new Payee({ ...PARTS, signatures: { verify }, note });
  const entries = fc.array(
    fc.record({
      name: fc.oneof(fc.constant("claim"), fc.stringMatching(/^[ -~]{0,9}$/)),
      contentType: fc.nat({ max: 255 }),
      data: fc.uint8Array({ maxLength: 300 }),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(entries, (some) => {
      const asker = new Asker();
      creditor.receive(asker, transfer(1, some));
      assert.equal(asker.answers.length, 1);
      assert.match(asker.answers[0]!, /^1 invalidFields: /);
    }),
    { numRuns: 1_000 },
  );
  assert.deepEqual([seen, creditor.best], [0, []]);
  assert.ok(notes.length <= 2, "a line for each thing that is wrong, not for each claim");
});
