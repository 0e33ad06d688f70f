import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { amount_max, CreateAccountStatus, CreateTransferStatus, TransferFlags } from "tigerbeetle-node";
import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";
import { contraAccount, correctionOf } from "./tigerbeetle-contra.ts";
import {
  AMOUNT_MAX,
  type Encoding,
  eventOf,
  Flag,
  Ids,
  outcomeOf,
  Status,
  timeoutSeconds,
} from "./tigerbeetle-events.ts";

const ids = new Ids("test.a");
const encoding: Encoding = { ids, accounts: [0n, 11n, 22n], session: 5n, maxHoldMs: 60_000 };

test("our constants are those of the package", () => {
  assert.deepEqual(Flag, {
    none: TransferFlags.none,
    pending: TransferFlags.pending,
    postPending: TransferFlags.post_pending_transfer,
    voidPending: TransferFlags.void_pending_transfer,
  });
  assert.deepEqual(Status, {
    created: CreateTransferStatus.created,
    exists: CreateTransferStatus.exists,
    accountExists: CreateAccountStatus.exists,
    pendingTransferNotFound: CreateTransferStatus.pending_transfer_not_found,
    alreadyPosted: CreateTransferStatus.pending_transfer_already_posted,
    alreadyVoided: CreateTransferStatus.pending_transfer_already_voided,
    expired: CreateTransferStatus.pending_transfer_expired,
  });
  assert.equal(Status.created, CreateAccountStatus.created);
  assert.equal(AMOUNT_MAX, amount_max);
});

test("a reserve is a pending transfer with all it holds", () => {
  const ring = new EntryRing(4);
  ring.writeReserve(0, 7, 1, 2, 0xffffffff, 0x7fffffff, 1_000_000 + 1_500);
  const event = eventOf(ring, 0, encoding, 1_000_000);
  assert.equal(event.id, ids.transfer(EntryKind.reserve, 7));
  assert.deepEqual([event.debit_account_id, event.credit_account_id], [11n, 22n]);
  assert.equal(event.amount, 2n ** 63n - 1n);
  assert.equal(event.flags, TransferFlags.pending);
  assert.equal(event.timeout, 2);
  assert.equal(event.pending_id, 0n);
  assert.deepEqual([event.ledger, event.code, event.user_data_64], [1, 1, 5n]);
});

test("a post and a void name the hold, have ids of their own, and take all of it", () => {
  const ring = new EntryRing(4);
  ring.writeSettle(0, EntryKind.post, 7);
  ring.writeSettle(1, EntryKind.void, 7);
  const [post, voided] = [eventOf(ring, 0, encoding, 0), eventOf(ring, 1, encoding, 0)];
  assert.equal(post.flags, TransferFlags.post_pending_transfer);
  assert.equal(post.amount, amount_max);
  assert.equal(voided.flags, TransferFlags.void_pending_transfer);
  assert.equal(voided.amount, 0n);
  for (const event of [post, voided]) {
    assert.equal(event.pending_id, ids.transfer(EntryKind.reserve, 7));
    assert.equal(event.timeout, 0, "only what is pending has one");
    assert.deepEqual([event.debit_account_id, event.credit_account_id], [0n, 0n]);
  }
  assert.equal(new Set([post.id, voided.id, post.pending_id]).size, 3);
});

test("a post that is to be taken back is voided, and corrected by its contra accounts if it was posted", () => {
  const ring = new EntryRing(4);
  ring.writeReserve(0, 7, 1, 2, 100, 0, 5_000);
  ring.writeSettle(1, EntryKind.post, 7);
  ring.turnIntoTakeBack(1);
  const [hold, takesBack] = [eventOf(ring, 0, encoding, 0), eventOf(ring, 1, encoding, 0)];
  assert.equal(takesBack.id, ids.transfer(EntryKind.void, 7));
  assert.equal(takesBack.flags, TransferFlags.void_pending_transfer);
  const correction = correctionOf({ ...hold, timestamp: 9n }, ids.correction(7), 5n);
  assert.deepEqual(
    [correction.debit_account_id, correction.credit_account_id],
    [contraAccount(22n), contraAccount(11n)],
  );
  assert.equal(correction.amount, 100n);
  assert.deepEqual([correction.flags, correction.timeout, correction.timestamp], [TransferFlags.none, 0, 0n]);
  const others = [EntryKind.reserve, EntryKind.post, EntryKind.void].map((kind) => ids.transfer(kind, 7));
  assert.equal(new Set([correction.id, ...others]).size, 4);
  assert.ok(contraAccount(11n) < amount_max);
});

test("ids are 128 bits, the same each time, and another for each namespace, kind and number", () => {
  const kind = fc.constantFrom(EntryKind.reserve, EntryKind.post, EntryKind.void);
  const key = fc.record({ namespace: fc.string(), kind, id: fc.maxSafeNat() });
  const of = ({ namespace, kind: what, id }: { namespace: string; kind: EntryKind; id: number }) =>
    new Ids(namespace).transfer(what, id);
  fc.assert(
    fc.property(key, key, (one, other) => {
      const id = of(one);
      assert.ok(id > 0n && id < amount_max);
      assert.equal(id, of({ ...one }));
      const same = one.namespace === other.namespace && one.kind === other.kind && one.id === other.id;
      assert.equal(id === of(other), same);
    }),
  );
  assert.notEqual(ids.account("x"), new Ids("test.b").account("x"));
  assert.notEqual(ids.account("x"), ids.account("y"));
  assert.ok(ids.account("x") < 2n ** 128n);
});

test("a timeout is in whole seconds, never less than the packet has, never none, never beyond the longest hold", () => {
  const seconds = (leftMs: number) => timeoutSeconds(5_000 + leftMs, 5_000, 60_000);
  assert.deepEqual([1, 999, 1_000, 1_001, 60_000, 60_001, 1e15].map(seconds), [1, 1, 1, 2, 60, 60, 60]);
  assert.deepEqual([0, -1, -1e15].map(seconds), [1, 1, 1], "one that is over already ends at once");
});

test("a status means success only where it says so", () => {
  const { done, expired, unknown } = EntryOutcome;
  const statuses = Object.values(CreateTransferStatus).filter((status) => typeof status === "number");
  const expected: Record<number, ReadonlyMap<number, EntryOutcome>> = {
    [EntryKind.reserve]: new Map([
      [CreateTransferStatus.created, done],
      [CreateTransferStatus.exists, done],
    ]),
    [EntryKind.post]: new Map([
      [CreateTransferStatus.created, done],
      [CreateTransferStatus.exists, done],
      [CreateTransferStatus.pending_transfer_already_posted, done],
      [CreateTransferStatus.pending_transfer_expired, expired],
    ]),
    [EntryKind.void]: new Map([
      [CreateTransferStatus.created, done],
      [CreateTransferStatus.exists, done],
      [CreateTransferStatus.pending_transfer_already_voided, done],
    ]),
    [EntryKind.takeBack]: new Map([
      [CreateTransferStatus.created, done],
      [CreateTransferStatus.exists, done],
      [CreateTransferStatus.pending_transfer_already_voided, done],
      [CreateTransferStatus.pending_transfer_already_posted, done],
      [CreateTransferStatus.pending_transfer_expired, expired],
    ]),
  };
  assert.ok(statuses.length > 60);
  for (const kind of Object.values(EntryKind))
    for (const status of statuses)
      assert.equal(
        outcomeOf(kind, status),
        expected[kind]!.get(status) ?? unknown,
        CreateTransferStatus[status],
      );
});
