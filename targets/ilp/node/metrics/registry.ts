import { Registry } from "prom-client";
import { collectProcessMetrics } from "../../../process-metrics.ts";
import type { Node } from "../node.ts";
import { claimMetrics } from "./claims.ts";
import { ledgerMetrics } from "./ledger.ts";
import { packetMetrics } from "./packets.ts";
import { Readings } from "./readings.ts";
import { sessionMetrics } from "./sessions.ts";
import { telemetryMetrics } from "./telemetry.ts";

/** Everything a node tells at /metrics. */
export function nodeRegistry(node: Node): Registry {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const readings = new Readings(registry);
  packetMetrics(readings, node);
  sessionMetrics(readings, node.btp);
  ledgerMetrics(readings, node.ledger);
  telemetryMetrics(readings, node.telemetry);
  claimMetrics(readings, node.claims);
  return registry;
}
