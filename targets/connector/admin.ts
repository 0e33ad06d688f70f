import { createServer, type Server } from "node:http";
import type { CpuLedger } from "./cpu-ledger.ts";
import type { Limits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";

/** The ledger's account for scrapes: a page of metrics costs as much as a dozen requests, and is none of theirs. */
export const ADMIN_ACCOUNT = "admin";

export interface AdminOptions {
  readonly metrics: Metrics;
  readonly ledger: CpuLedger;
  readonly limits: Limits;
  /** The body of GET /health. */
  readonly health: () => object;
}

/** GET /health and GET /metrics. */
export function adminServer({ metrics, ledger, limits, health }: AdminOptions): Server {
  const { registry } = metrics;
  const server = createServer({
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  server.maxConnections = limits.connections;
  server.on("request", async (req, res) => {
    const charged = ledger.current();
    ledger.enter(ADMIN_ACCOUNT);
    try {
      if (req.method !== "GET") res.writeHead(405, { allow: "GET" }).end();
      else if (req.url === "/health") {
        res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(health()));
      } else if (req.url === "/metrics") {
        const text = await registry.metrics();
        res.writeHead(200, { "content-type": registry.contentType }).end(text);
      } else res.writeHead(404).end();
    } finally {
      // Unless a request came in meanwhile and took the account over.
      if (ledger.current() === ADMIN_ACCOUNT) ledger.enter(charged);
    }
  });
  return server;
}
