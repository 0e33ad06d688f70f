import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { NODE_ID } from "./event.ts";
import { type Filter, FilterError, parseFilter } from "./filter.ts";
import { type HubCounts, hubRegistry, noCounts } from "./hub-counts.ts";
import { HUB_LIMITS, type HubLimits } from "./hub-limits.ts";
import { PublishedBatch } from "./published-batch.ts";
import { Subscriber } from "./subscriber.ts";

export const HUB_PORT = 9000;

export interface HubOptions {
  readonly host?: string;
  /** 0: the system picks one. */
  readonly port?: number;
  readonly limits?: Partial<HubLimits>;
}

export interface Hub {
  readonly port: number;
  /** ws://host:port, for publishers; subscribers add /subscribe. */
  readonly url: string;
  readonly counts: Readonly<HubCounts>;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

/** The hub cannot listen; `code` is Node's, EADDRINUSE for a port that is taken. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly code: string;
  readonly port: number;

  constructor(code: string, port: number, message: string) {
    super(message);
    this.code = code;
    this.port = port;
  }
}

/**
 * Starts the telemetry hub: nodes send batches to /publish?node=A, and every subscriber of /subscribe gets them, each at
 * its own pace. GET /health and /metrics say how it is. What travels is described in event.ts.
 *
 * A batch is passed on as the bytes that came. The hub reads its head, so that a batch is a batch and says the node that
 * its connection said; what is inside is the publisher's word.
 *
 * @throws HubError
 */
export async function startHub({
  host = "127.0.0.1",
  port = HUB_PORT,
  limits,
}: HubOptions = {}): Promise<Hub> {
  const bounds: HubLimits = { ...HUB_LIMITS, ...limits };
  const counts = noCounts();
  const publishers = new Map<WebSocket, string>();
  const subscribers = new Map<WebSocket, Subscriber>();
  const common = { noServer: true, clientTracking: false, perMessageDeflate: false };
  const forPublishers = new WebSocketServer({ ...common, maxPayload: bounds.batchBytes });
  const forSubscribers = new WebSocketServer({ ...common, maxPayload: bounds.requestBytes });

  const registry = hubRegistry(counts, () => ({
    publishers: publishers.size,
    subscribers: subscribers.size,
  }));
  const server = createServer({
    headersTimeout: bounds.requestMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: bounds.requestMs,
    maxHeaderSize: 8192,
  });
  server.maxConnections = bounds.connections;
  server.on("request", async (req, res) => {
    if (req.url === "/health") {
      const nodes = [...new Set(publishers.values())].sort();
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify({ status: "ok", nodes, subscribers: subscribers.size, ...counts }));
    } else if (req.url === "/metrics") {
      const text = await registry.metrics();
      res.setHeader("content-type", registry.contentType).end(text);
    } else res.writeHead(404).end("there are /health and /metrics; WebSockets at /publish and /subscribe\n");
  });

  server.on("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A connection that breaks before it is one; ws listens from then on.
    const ignore = () => {};
    socket.on("error", ignore);
    const refuse = (status: number, why: string) => {
      counts.refused++;
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
          `Content-Length: ${Buffer.byteLength(why)}\r\n\r\n${why}`,
        () => socket.destroy(),
      );
    };
    const url = URL.parse(req.url ?? "", "ws://hub");
    if (url?.pathname === "/publish") {
      const node = url.searchParams.get("node") ?? "";
      // A page in someone's browser says where it comes from; a node does not.
      if (req.headers.origin !== undefined) return refuse(403, "browsers may not publish");
      if (!NODE_ID.test(node)) return refuse(400, "say which node you are: /publish?node=A");
      if (publishers.size >= bounds.publishers) return refuse(503, "too many publishers");
      forPublishers.handleUpgrade(req, socket, head, (ws) => addPublisher(ws, node));
    } else if (url?.pathname === "/subscribe") {
      let filter: Filter;
      try {
        filter = parseFilter(url.searchParams);
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        return refuse(400, error.message);
      }
      if (subscribers.size >= bounds.subscribers) return refuse(503, "too many subscribers");
      forSubscribers.handleUpgrade(req, socket, head, (ws) => addSubscriber(ws, filter));
    } else refuse(404, "there are /publish and /subscribe");
  });

  function addPublisher(ws: WebSocket, node: string): void {
    publishers.set(ws, node);
    ws.on("error", () => counts.malformed++); // an oversized frame, or no frame at all
    ws.on("close", () => publishers.delete(ws));
    ws.on("message", (data, isBinary) => {
      if (ws.readyState !== ws.OPEN) return;
      const batch = isBinary ? undefined : PublishedBatch.read(data as Buffer);
      if (batch?.node !== node) {
        counts.malformed++;
        ws.close(1008, "not a batch of this node");
        setTimeout(() => ws.terminate(), bounds.closeMs).unref();
        return;
      }
      counts.batches++;
      counts.bytes += batch.bytes.length;
      for (const subscriber of subscribers.values()) subscriber.offer(batch);
    });
  }

  function addSubscriber(ws: WebSocket, filter: Filter): void {
    subscribers.set(ws, new Subscriber(ws, filter, bounds, counts));
    ws.on("error", () => counts.cut++);
    ws.on("close", () => subscribers.delete(ws));
  }

  const sweep = setInterval(() => {
    for (const subscriber of subscribers.values()) subscriber.sweep();
  }, bounds.sweepMs).unref();

  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    clearInterval(sweep);
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new HubError(code, port, `the telemetry hub cannot listen on ${host}:${port}: ${message}`);
  }
  const actual = (server.address() as AddressInfo).port;
  return {
    port: actual,
    url: `ws://${host}:${actual}`,
    counts,
    async close() {
      clearInterval(sweep);
      for (const ws of [...publishers.keys(), ...subscribers.keys()]) ws.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
