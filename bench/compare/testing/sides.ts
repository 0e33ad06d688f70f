/** Runs to compare, made up from a seed. */
import { baselineOf } from "../../baseline/baseline.ts";
import type { Baseline } from "../../baseline/baseline-schema.ts";
import { type SampleOptions, sample } from "../../report/testing/sample.ts";

/** Some forty seconds of basic-load. */
export async function side(seed: number, options: SampleOptions = {}): Promise<Baseline> {
  const { run, windows, resources } = sample("basic-load", { seconds: 40, seed, ...options });
  return baselineOf({ ...run, run: `seed-${seed}` }, windows, resources);
}

/** The usual latency of a sample, so many times as long. */
export function times(factor: number): SampleOptions {
  return { latencyMs: (perSecond) => factor * (0.9 + 300 / Math.max(60, 3_200 - perSecond)) };
}
