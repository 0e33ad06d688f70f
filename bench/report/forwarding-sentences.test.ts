import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardingSentences } from "./forwarding-sentences.ts";

const times = { n: 2_000, p50: 0.573, p95: 1.702, p99: 5.6, max: 23.2 };
const events = { seen: 30_000, missing: 0, twice: 0, strange: 0 };
const found = { ingressToEgressMs: times, roundTripMs: { ...times, p50: 13.75 }, events };

const FORWARDING =
  "Forwarding, first hop to last: p50 573 µs, p95 1.70 ms, p99 5.60 ms, max 23.2 ms (2,000 packets).";
const ROUND_TRIP = "There and back: p50 13.8 ms, p95 1.70 ms, p99 5.60 ms, max 23.2 ms (2,000 packets).";

for (const [what, given, sentences] of [
  ["all that should come came", found, [FORWARDING, ROUND_TRIP, "30,000 telemetry events, none missing."]],
  [
    "some came again, some were of others",
    { ...found, events: { ...events, twice: 3, strange: 48 } },
    [
      FORWARDING,
      ROUND_TRIP,
      "30,000 telemetry events, none missing; 3 came twice; 48 were of other packets.",
    ],
  ],
  [
    "nothing came",
    {
      ingressToEgressMs: null,
      roundTripMs: found.roundTripMs,
      events: { ...events, seen: 0, missing: 30_000 },
    },
    [ROUND_TRIP, "0 telemetry events, 30,000 missing."],
  ],
] as const) {
  test(`${what}: it says so`, () => {
    assert.deepEqual(forwardingSentences(given), sentences);
  });
}
