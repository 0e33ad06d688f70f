import type { Telemetry } from "../../telemetry/telemetry.ts";
import { type Readings, single } from "./readings.ts";

/** The node's events on their way to the hub. */
export function telemetryMetrics(readings: Readings, telemetry: Telemetry): void {
  readings.counter("ilp_telemetry_recorded_total", "Events, those that were dropped too.", () =>
    single(telemetry.counts().recorded),
  );
  readings.counter("ilp_telemetry_published_total", "Events that were sent to the hub.", () =>
    single(telemetry.counts().published),
  );
  readings.counter(
    "ilp_telemetry_dropped_total",
    "Events there was no room for, and those that were lost with the connection to the hub.",
    () => single(telemetry.counts().dropped),
  );
  readings.counter("ilp_telemetry_batches_total", "Batches of events that were sent to the hub.", () =>
    single(telemetry.counts().batches),
  );
  readings.counter("ilp_telemetry_connections_total", "Connections that were made to the hub.", () =>
    single(telemetry.counts().connections),
  );
  readings.gauge("ilp_telemetry_waiting_events", "Events that wait for the hub.", () =>
    single(telemetry.counts().waiting),
  );
  readings.gauge("ilp_telemetry_hub_up", "1 while the hub is connected, else 0.", () =>
    single(telemetry.counts().connected ? 1 : 0),
  );
}
