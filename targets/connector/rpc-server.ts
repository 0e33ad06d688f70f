import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import {
  createConnectRouter,
  createMethodImplSpec,
  type Interceptor,
  type ServiceImpl,
} from "@connectrpc/connect";
import { createMethodUrl } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { Logger } from "pino";
import { type FastLane, fastLane } from "./fast-lane.ts";
import { GreeterService } from "./gen/greeter/v1/greeter_pb.ts";
import type { Limits } from "./limits.ts";
import type { Meter } from "./metrics.ts";
import { type RpcListenerOptions, rpcListener } from "./rpc-listener.ts";

/** An RPC port that is not listening yet. */
export interface RpcServer {
  readonly server: Server | Http2Server;
  /** Stops listening and keeps no connection alive; resolves when the last one is closed. */
  drain(): Promise<void>;
  /** Cuts every connection. */
  cut(): void;
}

export interface RpcServerOptions {
  readonly service: ServiceImpl<typeof GreeterService>;
  readonly interceptors: Interceptor[];
  readonly meter: Meter;
  readonly logger: Logger;
  readonly limits: Limits;
  /** The body of GET /health. */
  readonly health: () => object;
}

function routes(options: RpcServerOptions): Pick<RpcListenerOptions, "handlers" | "fastLanes"> {
  const { handlers } = createConnectRouter({
    interceptors: options.interceptors,
    readMaxBytes: options.limits.bodyBytes,
    acceptCompression: [compressionGzip, compressionBrotli],
  }).service(GreeterService, options.service);
  const sayHello = createMethodImplSpec(GreeterService.method.sayHello, options.service.sayHello);
  const fastLanes = new Map<string, FastLane>();
  if (sayHello.kind === "unary") {
    fastLanes.set(createMethodUrl("/", sayHello.method), fastLane(sayHello, options.interceptors));
  }
  return { handlers, fastLanes };
}

/** Connect, gRPC-web and /health over HTTP/1.1. */
export function http1RpcServer(options: RpcServerOptions): RpcServer {
  const { limits, meter } = options;
  const server = createServer({
    keepAlive: true, // TCP keep-alive, so that a peer that vanished without a FIN is noticed
    keepAliveInitialDelay: 30_000,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  server.timeout = limits.socketIdleMs;
  server.maxConnections = limits.connections;
  let draining = false;
  let baseUrl: string | undefined;
  const listener = rpcListener({
    ...routes(options),
    meter,
    logger: options.logger,
    bodyBytes: limits.bodyBytes,
    draining: () => draining,
    baseUrl: () => (baseUrl ??= urlOf(server.address() as AddressInfo)),
  });
  server.on("request", (req, res) => {
    if (req.url === "/health") {
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify(options.health()));
    } else listener.http1(req, res);
  });
  // An Expect header other than 100-continue is not worth a refusal, and the request is to be counted.
  server.on("checkExpectation", (req, res) => listener.http1(req, res));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    refuse(error, socket, meter);
  });
  server.on("drop", () => meter.refused("too-many-connections"));
  return {
    server,
    drain() {
      draining = true;
      return new Promise((resolve) => server.close(() => resolve()));
    },
    cut: () => server.closeAllConnections(),
  };
}

/**
 * Answers bytes that are no HTTP request and closes the connection. Nothing can be said to a peer that reset it, nor
 * after the parser lost its place in a half-written answer.
 */
function refuse(error: NodeJS.ErrnoException, socket: Socket, meter: Meter): void {
  const [status, reason] = refusal(error.code ?? "");
  meter.refused(reason);
  if (status !== undefined && socket.writable) {
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
  socket.destroySoon();
}

function refusal(code: string): [status: string | undefined, reason: string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return ["431 Request Header Fields Too Large", "head-too-large"];
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return ["413 Payload Too Large", "chunk-extensions-too-large"];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["408 Request Timeout", "request-timeout"];
    case "ECONNRESET":
    case "EPIPE":
      return [undefined, "reset"];
    default:
      return ["400 Bad Request", code.startsWith("HPE_") ? "parse-error" : "socket-error"];
  }
}

/** gRPC, Connect and /health over HTTP/2 without TLS ("h2c", prior knowledge). */
export function http2RpcServer(options: RpcServerOptions): RpcServer {
  const { limits, meter } = options;
  const server = createHttp2Server({
    maxSessionMemory: 10, // megabytes a connection
    settings: { maxConcurrentStreams: limits.streamsPerConnection, maxHeaderListSize: limits.headBytes },
  });
  server.maxConnections = limits.connections;
  const sessions = new Set<ServerHttp2Session>();
  const listener = rpcListener({
    ...routes(options),
    meter,
    logger: options.logger,
    bodyBytes: limits.bodyBytes,
    draining: () => false,
    baseUrl: () => "",
  });
  server.on("request", (req, res) => {
    if (req.url === "/health") {
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify(options.health()));
    } else listener.http2(req, res);
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.setTimeout(limits.socketIdleMs, () => session.destroy());
    session.once("close", () => sessions.delete(session));
  });
  server.on("sessionError", () => meter.refused("session-error"));
  server.on("drop", () => meter.refused("too-many-connections"));
  return {
    server,
    drain() {
      for (const session of sessions) session.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
    cut() {
      for (const session of sessions) session.destroy();
    },
  };
}

/** The URL of a listening address; a wildcard address is shown as the loopback one. */
export function urlOf(address: AddressInfo): string {
  return `http://${hostPort(address)}`;
}

export function hostPort({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `127.0.0.1:${port}`;
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}
