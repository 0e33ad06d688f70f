import { z } from "zod";

export const spread = z.object({ avg: z.number(), p95: z.number(), max: z.number() });

/** A value with its 95 % bootstrap interval. `distinguishable` is false when the interval holds zero. */
export const estimate = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  distinguishable: z.boolean(),
});

const stageResult = z.object({
  /** VUs at the end of the stage. */
  vus: z.number(),
  requestsPerSecond: z.number(),
  p95Ms: z.number(),
  failedPercent: z.number(),
  held: z.boolean(),
});

/** Of so many packets, in milliseconds. */
const packetTimes = z.object({
  n: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/** Packets that a connector counted while the run went. */
export const packetCounts = z.object({
  received: z.number(),
  fulfilled: z.number(),
  rejected: z.number(),
  /** What its ledger says was paid, in units of value, and what is still held. */
  paidUnits: z.number(),
  heldUnits: z.number(),
  /** The sum of all its balances, which is 0 in double entry; runs of before it was looked at lack it. */
  imbalanceUnits: z.number().optional(),
});

export const findings = z.object({
  /** stress: the last stage that held p95 < 100 ms and failed < 1 %; null when none did. */
  knee: z.object({ stages: z.array(stageResult), at: stageResult.nullable() }).optional(),
  /** latency-ladder: latency at each rate, packets a second. */
  ladder: z
    .object({
      rungs: z.array(
        z.object({
          rate: z.number(),
          achieved: z.number(),
          p50Ms: z.number(),
          p99Ms: z.number(),
          p999Ms: z.number(),
          failed: z.number(),
        }),
      ),
    })
    .optional(),
  /** spike, burst: p95 before the spike, the limit made of it, and when p95 was back under it for good after the worst. */
  recovery: z
    .object({
      beforeP95Ms: z.number(),
      limitMs: z.number(),
      /** Seconds from the end of the spike; null: not within the run. */
      seconds: z.number().nullable(),
      observedSeconds: z.number(),
    })
    .optional(),
  /** Packets: what became of all that were sent, warm-up too, in the books of k6, of each connector, and of its ledger. */
  conservation: z
    .object({
      sent: z.number(),
      fulfilled: z.number(),
      rejected: z.number(),
      timedOut: z.number(),
      unexpected: z.number(),
      connectors: z.record(z.string(), packetCounts),
      /** Connectors that did not answer when they were asked. */
      silent: z.array(z.string()),
      /** Where the books differ, one sentence each, and by how many packets at most. */
      differences: z.array(z.string()),
      unaccounted: z.number(),
    })
    .optional(),
  /** interceptor-overhead: what each variant adds to `none`, in microseconds a request. */
  overhead: z
    .object({
      baseline: z.object({
        variant: z.string(),
        n: z.number(),
        p50Us: z.number(),
        p95Us: z.number(),
        cpuUs: z.number().nullable(),
      }),
      rows: z.array(
        z.object({
          variant: z.string(),
          n: z.number(),
          addedP50Us: estimate,
          addedP95Us: estimate,
          /** null when the target does not report CPU by variant. */
          addedCpuUs: estimate.nullable(),
        }),
      ),
      blocks: z.number(),
      resamples: z.number(),
    })
    .optional(),
  /** chain: the packets' time through the network, and what its telemetry told of them. */
  forwarding: z
    .object({
      /** From when the first hop received a packet until the last one sent it on; null when telemetry told of none. */
      ingressToEgressMs: packetTimes.nullable(),
      /** From when a packet was due until its answer was there. */
      roundTripMs: packetTimes.nullable(),
      /** Events that came, that should have come, that came again, and those of packets that were not the load's. */
      events: z.object({ seen: z.number(), missing: z.number(), twice: z.number(), strange: z.number() }),
    })
    .optional(),
});
