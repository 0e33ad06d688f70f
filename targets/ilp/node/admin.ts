import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { registerClaims } from "../claims/register-claims.ts";
import type { Node } from "./node.ts";

/** GET /health and /metrics of a node, on the loopback interface. */
export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws what listening throws: EADDRINUSE */
export async function startAdmin(node: Node): Promise<Admin> {
  const registry = registryOf(node);
  const server = createServer(async ({ url }, response) => {
    if (url === "/health") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(healthOf(node)));
    } else if (url === "/metrics") {
      response.setHeader("content-type", registry.contentType).end(await registry.metrics());
    } else response.writeHead(404).end("there are /health and /metrics\n");
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

/** Counters are kept where things happen, as plain numbers; they become metrics when someone asks. */
function registryOf(node: Node): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const { peers, btp, path, ledger, telemetry } = node;
  new Counter({
    name: "ilp_packets_total",
    help: "Prepares by the peer they came from and how they ended; forwarded: by the peer they went to.",
    labelNames: ["peer", "outcome", "code"],
    registers,
    collect() {
      this.reset();
      for (const { name: peer, outcomes } of peers) {
        this.inc({ peer, outcome: "received" }, outcomes.received);
        this.inc({ peer, outcome: "forwarded" }, outcomes.forwarded);
        this.inc({ peer, outcome: "fulfilled" }, outcomes.fulfilled);
        this.inc({ peer, outcome: "unanswered" }, outcomes.unanswered);
        for (const [code, n] of Object.entries(outcomes.rejected)) {
          this.inc({ peer, outcome: "rejected", code }, n);
        }
      }
    },
  });
  new Gauge({
    name: "ilp_packets_held",
    help: "Packets that went on and are not answered yet.",
    registers,
    collect() {
      this.set(path.held);
    },
  });
  new Gauge({
    name: "ilp_peer_owes_units",
    help: "What a peer owes; negative when this node owes it.",
    labelNames: ["peer"],
    registers,
    collect() {
      for (const { name: peer, checks } of peers) this.set({ peer }, checks.credit.balance);
    },
  });
  new Gauge({
    name: "btp_sessions",
    help: "By peer: up (1 or 0), requests without an answer, bytes that wait for the peer to read.",
    labelNames: ["peer", "what"],
    registers,
    collect() {
      for (const [peer, session] of btp.sessions) {
        this.set({ peer, what: "up" }, session.up ? 1 : 0);
        this.set({ peer, what: "pending" }, session.pending);
        this.set({ peer, what: "waiting_bytes" }, session.waitingBytes);
      }
    },
  });
  new Counter({
    name: "btp_events_total",
    help: "What happened on the BTP sessions, by peer.",
    labelNames: ["peer", "event"],
    registers,
    collect() {
      this.reset();
      for (const [peer, { counters }] of btp.sessions) {
        for (const [event, n] of Object.entries(counters)) this.inc({ peer, event }, n as number);
      }
    },
  });
  new Gauge({
    name: "ilp_ledger",
    help: "The ledger: entries queued, holds, transfers by state, batches and their mean size, mean time of a commit.",
    labelNames: ["what"],
    registers,
    collect() {
      const { queued, holds, posted, voided, expired, refused, batchSizes, commitMs, outages } =
        ledger.stats();
      this.set({ what: "queued" }, queued);
      this.set({ what: "holds" }, holds);
      this.set({ what: "posted" }, posted);
      this.set({ what: "voided" }, voided);
      this.set({ what: "expired" }, expired);
      this.set({ what: "refused" }, refused.full + refused.down);
      this.set({ what: "outages" }, outages);
      this.set({ what: "batches" }, batchSizes.count);
      this.set({ what: "batch_size_mean" }, batchSizes.count === 0 ? 0 : batchSizes.sum / batchSizes.count);
      this.set({ what: "commit_ms_mean" }, commitMs.count === 0 ? 0 : commitMs.sum / commitMs.count);
    },
  });
  new Gauge({
    name: "ilp_telemetry",
    help: "Telemetry events: recorded, published, dropped, waiting; and whether the hub is connected.",
    labelNames: ["what"],
    registers,
    collect() {
      for (const [what, n] of Object.entries(telemetry.counts())) this.set({ what }, Number(n));
    },
  });
  registerClaims(registry, node.claims);
  return registry;
}
