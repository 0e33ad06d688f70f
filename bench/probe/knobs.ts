import type { Setting } from "./setting.ts";

/** A knob in a position that is not the bundled one. */
export interface Knob {
  /** At most 19 letters. */
  readonly label: string;
  readonly setting: Setting;
}

/** What all others are compared with: targets/ilp/networks/single.yaml, bench/paths.ts, bench/run/k6.ts. */
export const BUNDLED: Knob = { label: "bundled", setting: {} };

const yaml = (label: string, key: string, value: string | number): Knob => ({
  label,
  setting: { keys: { [key]: value } },
});

/**
 * Every knob that bears on the soak's speed, in the order of docs/tuning.md. Claims are off in it: `claimWorkers` is
 * measured by targets/ilp/claims/claims.bench.ts.
 */
export const KNOBS: readonly Knob[] = [
  yaml("ledger delay 0 ms", "ledger.maxDelayMs", 0),
  yaml("ledger delay 2 ms", "ledger.maxDelayMs", 2),
  yaml("ledger delay 5 ms", "ledger.maxDelayMs", 5),
  yaml("ledger batch 100", "ledger.maxTransfers", 100),
  // Full from the first seconds on, as a journal of the default length is after some minutes: old transfers are folded.
  yaml("ledger journal full", "ledger.keepSettled", 10_000),
  yaml("telemetry off", "telemetry.hub", "off"),
  yaml("telemetry batch 100", "telemetry.batchEvents", 100),
  yaml("telemetry 10 ms", "telemetry.batchMs", 10),
  yaml("telemetry 200 ms", "telemetry.batchMs", 200),
  { label: "young space of V8", setting: { nodeFlags: [] } },
  {
    label: "young space 1 MB",
    setting: { nodeFlags: ["--min-semi-space-size=1", "--max-semi-space-size=1"] },
  },
  { label: "connections 1", setting: { connections: 1 } },
  { label: "connections 4", setting: { connections: 4 } },
  { label: "k6 GOGC 800", setting: { gogc: 800 } },
  { label: "k6 GOGC 100", setting: { gogc: 100 } },
];
