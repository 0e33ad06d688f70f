import type { AddressInfo } from "node:net";
import type { Interceptor, ServiceImpl } from "@connectrpc/connect";
import pino, { type Logger } from "pino";
import { Registry } from "prom-client";
import type { GreeterService } from "../gen/greeter/v1/greeter_pb.ts";
import { createCallMetrics } from "../interceptors/metrics.ts";
import { LIMITS, type Limits } from "../limits.ts";
import type { Meter } from "../metrics.ts";
import { http1RpcServer } from "../rpc-server.ts";
import { createTracers } from "../tracers.ts";
import { buildChain, type ChainSettings, DEFAULT_CHAIN, type Variant } from "../variants.ts";
import { type Answer, post } from "./requests.ts";

type SayHello = ServiceImpl<typeof GreeterService>["sayHello"];

/** One real HTTP port of the connector in this process, with a service of the test's own behind a real chain. */
export interface RpcPort extends AsyncDisposable {
  readonly url: string;
  /** SayHello over Connect and JSON. */
  hello(name: string, headers?: Record<string, string>): Promise<Answer>;
  /** Codes of all answers so far, in their order. */
  readonly counted: readonly string[];
  /** Reasons of everything that never became a request. */
  readonly refused: readonly string[];
  /** Requests that arrived and were not answered. */
  inFlight(): number;
  /** Lines the chain logged. */
  readonly log: ReadonlyArray<Record<string, unknown>>;
  readonly registry: Registry;
}

export interface RpcPortOptions {
  readonly variant?: Variant;
  readonly chain?: Partial<ChainSettings>;
  /** Instead of a variant's chain. */
  readonly interceptors?: Interceptor[];
  readonly sayHello?: SayHello;
  readonly limits?: Partial<Limits>;
  readonly otlpEndpoint?: string;
}

export async function openRpcPort(options: RpcPortOptions = {}): Promise<RpcPort> {
  const log: Record<string, unknown>[] = [];
  const logger: Logger = pino(
    { level: "info" },
    { write: (line: string) => void log.push(JSON.parse(line)) },
  );
  const registry = new Registry();
  const [counted, refused]: [string[], string[]] = [[], []];
  let inFlight = 0;
  const meter: Meter = {
    arrived: () => {
      inFlight++;
      return performance.now();
    },
    answered: (code) => {
      inFlight--;
      counted.push(code);
    },
    refused: (reason) => refused.push(reason),
  };
  const tracers = await createTracers(options.otlpEndpoint);
  const chain = { ...DEFAULT_CHAIN, ...options.chain };
  const parts = { logger, tracers, callMetrics: createCallMetrics(registry) };
  const port = http1RpcServer({
    service: { sayHello: options.sayHello ?? (({ name }) => ({ message: `Hello, ${name}!` })) },
    interceptors: options.interceptors ?? buildChain(options.variant ?? "none", chain, parts),
    meter,
    logger,
    limits: { ...LIMITS, ...options.limits },
    health: () => ({ status: "ok" }),
  });
  await new Promise<void>((resolve) => port.server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(port.server.address() as AddressInfo).port}`;
  return {
    url,
    hello: (name, headers) => post(url, JSON.stringify({ name }), headers),
    counted,
    refused,
    inFlight: () => inFlight,
    log,
    registry,
    [Symbol.asyncDispose]: async () => {
      const drained = port.drain();
      port.cut();
      await drained;
      await tracers.shutdown();
    },
  };
}
