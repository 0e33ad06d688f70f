import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HOP_EVENTS, MOST_HOPS, PacketTraces } from "./packet-traces.ts";

const HOPS = ["A", "B", "C"];
const [RECEIVED, , SENT] = HOP_EVENTS;

/** Everything that the hops tell of a packet, in the order of its way, but for what `left` says is left out. */
function tell(traces: PacketTraces, packetId: string, left: readonly string[] = []) {
  const told = HOPS.flatMap((hop, n) => HOP_EVENTS.map((type, i) => ({ hop, type, at: 1_000 + 10 * n + i })));
  return told
    .filter(({ hop, type }) => !left.includes(`${type} of ${hop}`))
    .map(({ hop, type, at }) => traces.saw(hop, type, packetId, at));
}

test("a packet is complete with the last event of the last hop, and tells when it came and went", () => {
  const traces = new PacketTraces(HOPS, 10);
  traces.add("p", 990);
  const found = tell(traces, "p");
  assert.deepEqual(
    found.map((trace) => trace !== undefined),
    [...Array<boolean>(8).fill(false), true],
  );
  const { dueMs, enteredMs, leftMs } = found.at(-1) ?? {};
  assert.deepEqual({ dueMs, enteredMs, leftMs }, { dueMs: 990, enteredMs: 1_000, leftMs: 1_022 });
  assert.deepEqual([traces.open, traces.seen, traces.twice, traces.strange], [0, 9, 0, 0]);
});

test("nodes tell in any order: the last event that comes completes the packet", () => {
  const traces = new PacketTraces(HOPS, 10);
  traces.add("p", 990);
  tell(traces, "p", [`${RECEIVED} of A`]);
  assert.equal(traces.saw("A", RECEIVED, "p", 1_000)?.leftMs, 1_022);
});

test("one event of nine is missing: the packet is not complete, and it is said which", () => {
  const traces = new PacketTraces(HOPS, 10);
  traces.add("p", 990);
  assert.ok(tell(traces, "p", [`${SENT} of B`]).every((trace) => trace === undefined));
  const trace = traces.takeOldest();
  assert.ok(trace);
  assert.deepEqual(traces.missingOf(trace), [`${SENT} of B`]);
  assert.deepEqual([traces.open, traces.size], [0, 0]);
});

test("an event that comes again makes no packet complete and is counted, before and after it was", () => {
  const traces = new PacketTraces(HOPS, 10);
  traces.add("p", 990);
  tell(traces, "p", [`${SENT} of C`]);
  assert.equal(traces.saw("A", SENT, "p", 1), undefined);
  assert.ok(traces.saw("C", SENT, "p", 1_022));
  assert.equal(traces.saw("C", SENT, "p", 1_023), undefined);
  assert.deepEqual([traces.seen, traces.twice], [9, 2]);
});

for (const [what, hop, type, packetId] of [
  ["a packet nobody sent", "A", RECEIVED, "q"],
  ["a node that is no hop", "Z", RECEIVED, "p"],
  ["a type that no hop owes", "A", "PACKET_FULFILLED", "p"],
] as const) {
  test(`an event of ${what} is strange`, () => {
    const traces = new PacketTraces(HOPS, 10);
    traces.add("p", 990);
    assert.equal(traces.saw(hop, type, packetId, 1), undefined);
    assert.deepEqual([traces.seen, traces.twice, traces.strange], [0, 0, 1]);
  });
}

test("what comes after a packet was taken out is strange, so it cannot be missing and seen", () => {
  const traces = new PacketTraces(HOPS, 10);
  traces.add("p", 990);
  assert.equal(traces.missingOf(traces.takeOldest()!).length, 9);
  tell(traces, "p");
  assert.deepEqual([traces.seen, traces.strange], [0, 9]);
});

test("the oldest goes first, a complete one without a word", () => {
  const traces = new PacketTraces(HOPS, 2);
  traces.add("p", 1);
  assert.equal(traces.full, false);
  traces.add("q", 2);
  assert.equal(traces.full, true);
  tell(traces, "p");
  assert.equal(traces.oldestDueMs, 1);
  assert.equal(traces.takeOldest(), undefined);
  assert.equal(traces.oldestDueMs, 2);
  assert.equal(traces.takeOldest()?.dueMs, 2);
  assert.equal(traces.takeOldest(), undefined);
  assert.equal(traces.oldestDueMs, Number.POSITIVE_INFINITY);
});

test("the most hops there may be have a bit for each event", () => {
  const hops = Array.from({ length: MOST_HOPS }, (_, n) => `N${n}`);
  const traces = new PacketTraces(hops, 1);
  traces.add("p", 1);
  const found = hops.flatMap((hop) => HOP_EVENTS.map((type) => traces.saw(hop, type, "p", 5) !== undefined));
  assert.equal(found.indexOf(true), found.length - 1);
});

test("whatever comes and goes: each event of a packet is seen or missing once, and each packet is counted once", () => {
  const step = fc.oneof(
    fc.constant("send" as const),
    fc.constant("take" as const),
    fc.tuple(fc.nat(12), fc.constantFrom(...HOPS), fc.constantFrom(...HOP_EVENTS)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const traces = new PacketTraces(HOPS, 5);
      let [sent, complete, incomplete, missing] = [0, 0, 0, 0];
      const take = () => {
        const trace = traces.takeOldest();
        if (trace === undefined) return;
        incomplete++;
        missing += traces.missingOf(trace).length;
      };
      for (const one of steps) {
        if (one === "take") take();
        else if (one === "send") {
          if (traces.full) take();
          traces.add(`p${sent++}`, sent);
          assert.ok(traces.size <= 5);
        } else if (traces.saw(one[1], one[2], `p${one[0]}`, 1) !== undefined) complete++;
      }
      while (traces.size > 0) take();
      assert.equal(traces.open, 0);
      assert.equal(complete + incomplete, sent);
      assert.equal(traces.seen + missing, sent * HOPS.length * HOP_EVENTS.length);
    }),
  );
});
