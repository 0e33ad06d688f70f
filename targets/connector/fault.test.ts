import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FAULT_FORMS, FaultError, type FaultPlan, formatFaults, NO_FAULT, parseFaults } from "./fault.ts";

test("no --fault is no fault", () => {
  assert.equal(parseFaults([]), NO_FAULT);
});

test("each fault means what its help says", () => {
  const cases: Record<string, Partial<FaultPlan>> = {
    "latency=200ms": { latencyMs: 200 },
    "latency=0.2s": { latencyMs: 200 },
    "jitter=50ms": { jitterMs: 50 },
    "slow=50ms@20%": { slow: { delayMs: 50, share: 0.2 } },
    "spin=250000": { spinRounds: 250_000 },
    "error-rate=10%": { errorRate: 0.1 },
    "error-rate=0.5%": { errorRate: 0.005 },
    stall: { stall: { afterMs: 0, forMs: Number.POSITIVE_INFINITY } },
    "stall=3s@5s": { stall: { forMs: 3000, afterMs: 5000 } },
    "crash=1m": { crashAfterMs: 60_000 },
  };
  for (const [spec, plan] of Object.entries(cases)) {
    assert.deepEqual(parseFaults([spec]), { ...NO_FAULT, ...plan }, spec);
  }
});

test("commas and repetition add up, the last of a kind counts", () => {
  assert.deepEqual(parseFaults(["latency=5ms, error-rate=1%", "jitter=2ms", "latency=7ms"]), {
    latencyMs: 7,
    jitterMs: 2,
    spinRounds: 0,
    errorRate: 0.01,
  });
});

test("what is no fault is refused with one line that lists what exists", () => {
  const wrong = [
    "",
    "lag",
    "latency",
    "latency=",
    "latency=200",
    "latency=-1ms",
    "latency=1e3ms",
    "latency=2days",
    "slow=50ms",
    "slow=20%@50ms",
    "error-rate=10",
    "error-rate=101%",
    "spin=1ms",
    "spin=-1",
    "stall=3s",
    "stall=",
    "crash",
    "latency=99999m",
    "latency=5ms,,",
  ];
  for (const spec of wrong) {
    assert.throws(
      () => parseFaults([spec]),
      (error) => {
        assert.ok(error instanceof FaultError, spec);
        assert.ok(!error.message.includes("\n"), spec);
        return true;
      },
      spec,
    );
  }
  assert.throws(() => parseFaults(["lag"]), {
    message: `no such fault: "lag"; there are ${FAULT_FORMS.map(([form]) => form).join(", ")}`,
  });
});

test("any plan survives being written and read again", () => {
  const ms = fc.integer({ min: 1, max: 86_400_000 });
  const share = fc.integer({ min: 1, max: 10_000 }).map((n) => n / 100 / 100);
  const plan = fc.record(
    {
      latencyMs: ms,
      jitterMs: ms,
      spinRounds: fc.nat(2_000_000_000),
      errorRate: share,
      slow: fc.record({ delayMs: ms, share }),
      stall: fc.oneof(
        fc.constant({ afterMs: 0, forMs: Number.POSITIVE_INFINITY }),
        fc.record({ afterMs: ms, forMs: ms }),
      ),
      crashAfterMs: ms,
    },
    { requiredKeys: ["latencyMs", "jitterMs", "spinRounds", "errorRate"] },
  );
  fc.assert(
    fc.property(plan, (value) => {
      // fast-check makes objects without a prototype; a clone has one.
      assert.deepEqual(parseFaults([formatFaults(value).join(",")]), structuredClone(value));
    }),
  );
});

test("no text makes the parser throw anything but its own error", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^(latency|slow|stall|crash)=[0-9.]*(ms|s|m)?@?.*$/)),
      (text) => {
        try {
          parseFaults([text]);
        } catch (error) {
          assert.ok(error instanceof FaultError);
        }
      },
    ),
  );
});
