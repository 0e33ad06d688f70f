import { Counter, Gauge, Registry } from "prom-client";

/** What the hub did since its start. */
export interface HubCounts {
  /** Batches that publishers sent, and their bytes. */
  batches: number;
  bytes: number;
  /** Frames of publishers that were no batch; each ends its connection. */
  malformed: number;
  /** Batches that were handed to a subscriber's socket. */
  delivered: number;
  /** Batches that were left out for a subscriber that read too slowly. */
  missed: number;
  pings: number;
  /** Subscribers that were cut: stuck, too many pings, nonsense. */
  cut: number;
  /** Connections that were refused: no such path, a bad query, too many. */
  refused: number;
}

export function noCounts(): HubCounts {
  return { batches: 0, bytes: 0, malformed: 0, delivered: 0, missed: 0, pings: 0, cut: 0, refused: 0 };
}

const HELP: Readonly<Record<keyof HubCounts, string>> = {
  batches: "Batches that publishers sent.",
  bytes: "Bytes of batches that publishers sent.",
  malformed: "Frames of publishers that were no batch.",
  delivered: "Batches handed to a subscriber's socket.",
  missed: "Batches left out for a subscriber that read too slowly.",
  pings: "Pings of subscribers.",
  cut: "Subscribers that were cut: stuck, too many pings, nonsense.",
  refused: "Connections refused: no such path, a bad query, too many.",
};

/** The counts for Prometheus, read when it asks. */
export function hubRegistry(
  counts: HubCounts,
  connected: () => { publishers: number; subscribers: number },
): Registry {
  const registry = new Registry();
  for (const name of Object.keys(HELP) as (keyof HubCounts)[])
    new Counter({
      name: `telemetry_hub_${name}_total`,
      help: HELP[name],
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counts[name]);
      },
    });
  for (const name of ["publishers", "subscribers"] as const)
    new Gauge({
      name: `telemetry_hub_${name}`,
      help: `Connected ${name}.`,
      registers: [registry],
      collect() {
        this.set(connected()[name]);
      },
    });
  return registry;
}
