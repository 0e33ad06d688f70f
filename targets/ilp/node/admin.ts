import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Balance, LedgerError } from "../ledger/ledger.ts";
import { nodeRegistry } from "./metrics/registry.ts";
import type { Node } from "./node.ts";

/** GET /health and /metrics of a node, on the loopback interface. */
export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws what listening throws: EADDRINUSE */
export async function startAdmin(node: Node): Promise<Admin> {
  const registry = nodeRegistry(node);
  const server = createServer(async ({ url }, response) => {
    if (url === "/health") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(healthOf(node)));
    } else if (url === "/metrics") {
      response.setHeader("content-type", registry.contentType).end(await registry.metrics());
    } else if (url === "/ledger") {
      const told = await balancesOf(node);
      response.writeHead(told === undefined ? 503 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(told ?? {}));
    } else response.writeHead(404).end("there are /health, /metrics and /ledger\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(node.config.admin.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the ledger itself says of each account, as decimal text; undefined while it cannot be asked. */
async function balancesOf({ ledger }: Node): Promise<object | undefined> {
  try {
    const balances = await ledger.balances();
    const text = (balance: Balance) =>
      Object.fromEntries(Object.entries(balance).map(([key, value]) => [key, String(value)]));
    return Object.fromEntries([...balances].map(([name, balance]) => [name, text(balance)]));
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

/** What a network waits for: which sessions are up, and how many routes are loaded. */
export interface Health {
  readonly status: "ok" | "degraded";
  readonly nodeId: string;
  readonly routes: number;
  /** By peer, whether its session is up. */
  readonly peers: Readonly<Record<string, boolean>>;
  readonly ledger: "up" | "down" | "closed";
  readonly held: number;
}

function healthOf({ config, btp, router, ledger, path }: Node): Health {
  const { state } = ledger.stats();
  return {
    status: state === "up" ? "ok" : "degraded",
    nodeId: config.nodeId,
    routes: router.size,
    peers: Object.fromEntries([...btp.sessions].map(([name, { up }]) => [name, up])),
    ledger: state,
    held: path.held,
  };
}
