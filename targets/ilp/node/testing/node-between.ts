/** A node in this process between a sender and a receiver, over real sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type NodeConfig, nodeSchema, toNodeConfig } from "../../config/node-config.ts";
import type { SqliteOptions } from "../../ledger/options.ts";
import { openSqliteLedger } from "../../ledger/sqlite-ledger.ts";
import { type Faults, faultyThread } from "../../ledger/testing/faults.ts";
import { type Receiver, startReceiver } from "../../receiver/receiver.ts";
import { type Sender, startSender } from "../../testing/sender.ts";
import { until } from "../../testing/until.ts";
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
  readonly ledgerFile: string;
  /** GET of the admin port. */
  get(path: "/health" | "/metrics"): Promise<Response>;
  /** What /metrics says, by name and labels as they stand there. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}

export interface BetweenOptions {
  /** Keys of the node's ledger. */
  readonly ledger?: Partial<SqliteOptions>;
  /** The longest that it waits for an answer. */
  readonly holdMs?: number;
  /** Of its BTP connections. */
  readonly limits?: Partial<NodeConfig["btp"]["limits"]>;
  /** Connections that alice may have at a time. */
  readonly sockets?: number;
  /** Where its telemetry goes; nowhere unless given. */
  readonly hub?: string;
  /** What is wrong with its ledger, and when. */
  readonly faults?: Faults;
  /** The far peer; fulfils unless given. */
  readonly receive?: (url: string, token: string) => Promise<Receiver>;
}

export async function nodeBetween(options: BetweenOptions = {}): Promise<NodeBetween> {
  const { ledger, holdMs, limits, sockets, hub, faults, receive = fulfillingReceiver } = options;
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(mkdtempSync(join(tmpdir(), "plimsoll-node-")), (path) =>
    rmSync(path, { recursive: true }),
  );
  const ledgerFile = join(folder, "ledger.db");
  const file = fileBetween(ledgerFile, ledger);
  const [aliceKeys, ...others] = file.peers;
  const config = configOf({
    ...file,
    btp: { ...file.btp, limits },
    peers: [{ ...aliceKeys, sockets }, ...others],
    expiry: { ...file.expiry, holdMs },
    telemetry: { hub: hub ?? file.telemetry.hub },
  });
  const open =
    faults && ((options: object) => openSqliteLedger(options as SqliteOptions, faultyThread(faults)));
  const node = opened.adopt(await startNode(config, silent, open), (it) => it.close());
  const admin = opened.adopt(await startAdmin(node), (it) => it.close());
  const url = `ws://127.0.0.1:${node.btp.port}`;
  const bob = opened.adopt(await receive(url, "bob-token"), (it) => it.close());
  const alice = opened.adopt(await startSender(url, "alice-token"), (it) => it.close());
  const { sessions } = node.btp;
  await until("both peers to be connected", () => alice.up && [...sessions.values()].every(({ up }) => up));
  const get = (path: string) => fetch(`http://127.0.0.1:${admin.port}${path}`);
  const all = opened.move();
  return {
    node,
    alice,
    bob,
    ledgerFile,
    get,
    async metrics() {
      const lines = (await (await get("/metrics")).text()).matchAll(/^([^#\s].*) (\S+)$/gm);
      return new Map(Array.from(lines, ([, series, value]) => [series!, Number(value)]));
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

export const fulfillingReceiver = (url: string, token: string) =>
  startReceiver({ url, token, address: "test.a.bob", secret: "plimsoll" });
