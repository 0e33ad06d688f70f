/** A node in this process between a sender and a receiver, over real sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type NodeConfig, nodeSchema, toNodeConfig } from "../../config/node-config.ts";
import { until } from "../../ledger/testing/waiting.ts";
import { type Receiver, startReceiver } from "../../receiver/receiver.ts";
import { type Sender, startSender } from "../../testing/sender.ts";
import { startAdmin } from "../admin.ts";
import { type Node, startNode } from "../node.ts";

/** Where alice's packets go. */
export const BOB = "test.a.bob.wallet";

/** Node A's file as an object: alice and bob dial in, and nothing is in the way of their packets. */
export function fileBetween(ledgerFile: string, ledger: object = {}) {
  return {
    nodeId: "A",
    ilpAddress: "test.a",
    btp: { port: 0 },
    admin: { port: 0 },
    peers: [
      { name: "alice", listens: true, token: "alice-token", creditLimit: 1e15 },
      { name: "bob", listens: true, token: "bob-token" },
    ],
    routes: [{ prefix: "test.a.bob", peer: "bob" }],
    // No test waits for minutes: a packet may live for less than the usual margin.
    expiry: { marginMs: 20, minMs: 20 },
    ledger: { kind: "sqlite", file: ledgerFile, ...ledger },
    telemetry: { hub: "off" },
    logLevel: "silent",
  };
}

export const configOf = (file: object): NodeConfig => toNodeConfig(nodeSchema.parse(file), {});

export const silent = pino({ level: "silent" });

export interface NodeBetween extends AsyncDisposable {
  readonly node: Node;
  readonly alice: Sender;
  readonly bob: Receiver;
  /** GET of the admin port. */
  get(path: "/health" | "/metrics"): Promise<Response>;
  /** What /metrics says, by name and labels as they stand there. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}

/** @param ledger keys of the node's ledger */
export async function nodeBetween(ledger: object = {}): Promise<NodeBetween> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(mkdtempSync(join(tmpdir(), "plimsoll-node-")), (path) =>
    rmSync(path, { recursive: true }),
  );
  const config = configOf(fileBetween(join(folder, "ledger.db"), ledger));
  const node = opened.adopt(await startNode(config, silent), (it) => it.close());
  const admin = opened.adopt(await startAdmin(node), (it) => it.close());
  const url = `ws://127.0.0.1:${node.btp.port}`;
  const bob = opened.adopt(await fulfilling(url, "bob-token"), (it) => it.close());
  const alice = opened.adopt(await startSender(url, "alice-token"), (it) => it.close());
  const { sessions } = node.btp;
  await until("both peers to be connected", () => alice.up && [...sessions.values()].every(({ up }) => up));
  const get = (path: string) => fetch(`http://127.0.0.1:${admin.port}${path}`);
  const all = opened.move();
  return {
    node,
    alice,
    bob,
    get,
    async metrics() {
      const lines = (await (await get("/metrics")).text()).matchAll(/^([^#\s].*) (\S+)$/gm);
      return new Map(Array.from(lines, ([, series, value]) => [series!, Number(value)]));
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const fulfilling = (url: string, token: string) =>
  startReceiver({ url, token, address: "test.a.bob", secret: "plimsoll" });
