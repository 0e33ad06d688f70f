/** Two real nodes, A and B, with claims between them, and a sender and a receiver at each. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import pino from "pino";
import { parseConfig } from "../../config/config.ts";
import { type Node, startNode } from "../../node/node.ts";
import { startReceiver } from "../../receiver/receiver.ts";
import { type Sender, startSender } from "../../testing/sender.ts";
import { until } from "../../testing/until.ts";

export interface TestNode {
  readonly node: Node;
  /** What it logged, a line each. */
  readonly log: string[];
  readonly url: string;
}

export interface NodeOptions {
  readonly nodeId: "A" | "B";
  readonly folder: string;
  /** The `claims` key of the other node, as YAML; none unless given. */
  readonly claims?: string;
  /** The other node's URL, where this one dials. */
  readonly dial?: string;
}

/** Starts a node. Its ledger is a file of its name, so that a second start takes it up. */
export async function startTestNode(
  t: TestContext,
  { nodeId, folder, claims, dial }: NodeOptions,
): Promise<TestNode> {
  const other = nodeId === "A" ? "B" : "A";
  const yaml = `
nodeId: ${nodeId}
ilpAddress: test.${nodeId.toLowerCase()}
btp: { port: 0 }
admin: { port: 0 }
peers:
  - { name: ${other}, ${dial === undefined ? "listens: true" : `dial: "${dial}"`}, token: a-b, creditLimit: 1000000000${claims === undefined ? "" : `, claims: ${claims}`} }
  - { name: sender, listens: true, token: sender, creditLimit: 1000000000 }
  - { name: receiver, listens: true, token: receiver }
routes:
  - { prefix: test.${nodeId.toLowerCase()}, peer: receiver }
  - { prefix: test.${other.toLowerCase()}, peer: ${other} }
expiry: { marginMs: 100, minMs: 50 }
fee: { ppm: 10000 }
ledger: { kind: sqlite, file: ${join(folder, `${nodeId}.db`)} }
telemetry: { hub: off }
`;
  const log: string[] = [];
  const write = (line: string) => log.push((JSON.parse(line) as { msg: string }).msg);
  const node = await startNode(parseConfig(yaml, `${nodeId}.yaml`), pino({}, { write }));
  t.after(() => node.close());
  return { node, log, url: `ws://127.0.0.1:${node.btp.port}` };
}

/** A sender and a receiver of a node's own. */
export async function ends(t: TestContext, { node, url }: TestNode): Promise<Sender> {
  const address = `${node.config.ilpAddress}.receiver`;
  const receiver = await startReceiver({ url, token: "receiver", address, secret: "plimsoll" });
  const sender = await startSender(url, "sender");
  t.after(() => Promise.all([receiver.close(), sender.close()]));
  await until("both ends", () => receiver.up && sender.up);
  return sender;
}
