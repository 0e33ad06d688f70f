import type { Server } from "node:http";
import type { Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { Counter } from "prom-client";
import { adminServer } from "./admin.ts";
import { cpuLedger } from "./cpu-ledger.ts";
import { type FaultPlan, formatFaults, NO_FAULT } from "./fault.ts";
import { faultInjector } from "./fault-injector.ts";
import { createCallMetrics } from "./interceptors/metrics.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { seededRandom } from "./random.ts";
import { hostPort, http1RpcServer, http2RpcServer, type RpcServer, urlOf } from "./rpc-server.ts";
import { greeter } from "./service.ts";
import { createTracers } from "./tracers.ts";
import { buildChain, type ChainSettings, chainOf, fullChain, VARIANTS, type Variant } from "./variants.ts";

export interface ConnectorSettings {
  readonly host: string;
  /** The n-th variant listens on portBase + n; 0: every port is one the system picks. */
  readonly portBase: number;
  readonly adminPort: number;
  readonly grpcPort: number;
  readonly variants: readonly Variant[];
  readonly chain: ChainSettings;
  readonly fault: FaultPlan;
  readonly seed: number;
  readonly otlpEndpoint?: string;
}

/** What the target prints on stdout once every port listens: the contract with whoever started it. */
export interface ReadyLine {
  readonly ready: true;
  readonly target: "connector";
  readonly pid: number;
  readonly admin: string;
  readonly urls: Readonly<Partial<Record<Variant, string>>>;
  readonly grpc: string;
}

export interface Connector {
  readonly ready: ReadyLine;
  /** Requests that are being answered. */
  inFlight(): number;
  /**
   * Stops listening, lets in-flight work finish and closes everything.
   *
   * @returns how many requests were cut after `drainMs`
   */
  stop(drainMs: number): Promise<number>;
}

/** A port that could not be opened; `holder` says who has it, when that can be found out. */
export class PortError extends Error {
  override readonly name = "PortError";
  readonly code: string;
  readonly port: number;

  constructor(cause: NodeJS.ErrnoException, port: number) {
    super(`cannot listen on port ${port}: ${cause.code ?? cause.message}`, { cause });
    this.code = cause.code ?? "listen-failed";
    this.port = port;
  }
}

/** The label of the gRPC port in metrics and logs. It runs the full chain, with a state of its own. */
export const GRPC_LABEL = "grpc";

/**
 * Opens every port of the connector.
 *
 * @param crash ends the process; called by the `crash` fault only
 * @throws PortError when a port is taken; nothing stays open then
 */
export async function startConnector(
  settings: ConnectorSettings,
  log: Log,
  crash: () => void,
  limits: Limits = LIMITS,
): Promise<Connector> {
  const ledger = cpuLedger();
  const metrics = createMetrics(ledger);
  new Counter({
    name: "connector_log_lines_dropped_total",
    help: "Log lines that stderr did not take in time.",
    registers: [metrics.registry],
    collect() {
      this.reset();
      this.inc(log.dropped());
    },
  });
  const tracers = await createTracers(settings.otlpEndpoint);
  const parts = { logger: log.logger, tracers, callMetrics: createCallMetrics(metrics.registry) };
  const faults =
    settings.fault === NO_FAULT
      ? undefined
      : faultInjector(settings.fault, seededRandom(settings.seed), crash);
  const service = greeter(faults);
  const common = {
    status: "ok",
    target: "connector",
    pid: process.pid,
    faults: formatFaults(settings.fault),
  };

  const rpcServer = (variant: Variant, label: string, create: typeof http1RpcServer): RpcServer =>
    create({
      service,
      interceptors: buildChain(variant, settings.chain, parts, label),
      meter: metrics.meter(label),
      logger: log.logger,
      limits,
      health: () => ({ ...common, variant: label, interceptors: chainOf(variant, settings.chain) }),
    });

  const rpc = new Map<string, RpcServer>(settings.variants.map((v) => [v, rpcServer(v, v, http1RpcServer)]));
  rpc.set(GRPC_LABEL, rpcServer("full", GRPC_LABEL, http2RpcServer));
  const admin = adminServer({
    metrics,
    ledger,
    limits,
    health: () => ({
      ...common,
      variants: settings.variants,
      chain: fullChain(settings.chain),
      inFlight: metrics.inFlight(),
      uptimeSeconds: Math.round(process.uptime()),
    }),
  });

  const cutAll = () => {
    for (const { server, cut } of rpc.values()) {
      server.close();
      cut();
    }
    admin.close();
    admin.closeAllConnections();
  };

  const portOf = (label: string): number => {
    if (label === GRPC_LABEL) return settings.grpcPort;
    return settings.portBase === 0 ? 0 : settings.portBase + VARIANTS.indexOf(label as Variant);
  };
  try {
    for (const [label, { server }] of rpc) await listen(server, portOf(label), settings.host);
    await listen(admin, settings.adminPort, settings.host);
  } catch (error) {
    cutAll();
    throw error;
  }

  const address = (label: string) => rpc.get(label)?.server.address() as AddressInfo;
  const ready: ReadyLine = {
    ready: true,
    target: "connector",
    pid: process.pid,
    admin: urlOf(admin.address() as AddressInfo),
    urls: Object.fromEntries(settings.variants.map((variant) => [variant, urlOf(address(variant))])),
    grpc: hostPort(address(GRPC_LABEL)),
  };

  return {
    ready,
    inFlight: metrics.inFlight,
    async stop(drainMs) {
      const drained = Promise.all([...rpc.values()].map((port) => port.drain()));
      const timer = Promise.withResolvers<void>();
      const timeout = setTimeout(timer.resolve, drainMs);
      await Promise.race([drained, timer.promise]);
      clearTimeout(timeout);
      const cut = metrics.inFlight();
      cutAll();
      await tracers.shutdown();
      return cut;
    },
  };
}

/** @throws PortError */
function listen(server: Server | Http2Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new PortError(error, port));
    server.once("error", onError);
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off("error", onError);
      resolve();
    });
  });
}
