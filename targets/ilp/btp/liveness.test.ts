/** When a link is pinged and when it is given up, by the clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "./limits.ts";
import { Liveness } from "./liveness.ts";

const LIMITS = { ...DEFAULT_LIMITS, stallMs: 10_000, keepAliveMs: 15_000 };

interface Now {
  readonly heard?: boolean;
  readonly waitingBytes?: number;
  readonly takenBytes?: number;
  /** By what waits on other links of the peer. */
  readonly congested?: boolean;
}

/** Checks at every interval up to `untilMs` and tells what was found when. */
function findings(untilMs: number, at: (nowMs: number) => Now): string[] {
  const liveness = new Liveness(LIMITS, 0);
  const found: string[] = [];
  for (let nowMs = liveness.everyMs; nowMs <= untilMs; nowMs += liveness.everyMs) {
    const { heard = true, waitingBytes = 0, takenBytes = 0, ...now } = at(nowMs);
    const congested = now.congested ?? waitingBytes > LIMITS.softBytes;
    if (heard) liveness.heard();
    const finding = liveness.check(nowMs, waitingBytes, takenBytes, congested);
    if (finding !== undefined) found.push(`${nowMs} ${finding}`);
    if (finding === "SILENT" || finding === "STALLED") break;
  }
  return found;
}

test("a peer that is not heard is pinged once, and silent after as long again", () => {
  assert.deepEqual(
    findings(100_000, () => ({ heard: false })),
    ["15000 PING", "30000 SILENT"],
  );
});

test("a peer that answers pings lives, and is pinged again and again", () => {
  assert.deepEqual(
    findings(60_000, (nowMs) => ({ heard: nowMs === 20_000 || nowMs === 40_000 })),
    ["15000 PING", "35000 PING", "55000 PING"],
  );
});

test("a peer that is heard all the time is never pinged", () => {
  assert.deepEqual(
    findings(60_000, () => ({})),
    [],
  );
});

test("while its peer has too much waiting in all, a link that takes less than waited for it is a stall", () => {
  const waitingBytes = LIMITS.softBytes / 2;
  const taking = (bytesASecond: number) =>
    findings(60_000, (nowMs) => ({
      congested: true,
      waitingBytes,
      takenBytes: (bytesASecond * nowMs) / 1_000,
    }));
  assert.deepEqual(taking(0), ["12500 STALLED"]);
  assert.deepEqual(taking(waitingBytes / 10), []);
  assert.deepEqual(
    findings(60_000, () => ({ congested: true })),
    [],
    "one on which nothing waits is not",
  );
});

test("as much as may wait never is a stall", () => {
  assert.deepEqual(
    findings(60_000, () => ({ waitingBytes: LIMITS.softBytes })),
    [],
  );
});

test("more than may wait, and nothing taken, is a stall; after a pause it counts anew", () => {
  const waitingBytes = LIMITS.softBytes + 1;
  assert.deepEqual(
    findings(60_000, () => ({ waitingBytes })),
    ["12500 STALLED"],
  );
  assert.deepEqual(
    findings(60_000, (nowMs) => ({ waitingBytes: nowMs === 10_000 ? 0 : waitingBytes })),
    ["22500 STALLED"],
  );
});

test("a peer that always has too much waiting and reads on lives, one that reads by drops does not", () => {
  const reading = (bytesPerS: number) => (nowMs: number) => ({
    waitingBytes: 2 * LIMITS.softBytes,
    takenBytes: (nowMs / 1000) * bytesPerS,
  });
  assert.deepEqual(findings(100_000, reading(LIMITS.softBytes / 10)), []);
  assert.deepEqual(findings(100_000, reading(LIMITS.softBytes / 11)), ["12500 STALLED"]);
});
