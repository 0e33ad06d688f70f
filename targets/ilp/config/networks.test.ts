/** The example networks: links agree on both ends, and a packet finds its way from each end to the other. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { RouteTable } from "../routing/route-table.ts";
import { readConfig } from "./config.ts";
import type { NodeConfig } from "./node-config.ts";

const FOLDER = new URL("../networks/", import.meta.url).pathname;
const read = (file: string) => readConfig(`${FOLDER}${file}`, {});
const chain = ["a", "b", "c", "d", "e"].map((letter) => read(`chain-${letter}.yaml`));

test("every example is a node's file", () => {
  const files = readdirSync(FOLDER).sort();
  assert.deepEqual(files, [
    ...["a", "b", "c", "d", "e"].map((letter) => `chain-${letter}.yaml`),
    "single.yaml",
  ]);
  for (const file of files) assert.ok(read(file).peers.length > 0, file);
});

/** The peers a packet passes from a node on, until one that is no node. */
function way(nodes: readonly NodeConfig[], from: string, destination: string): string[] {
  const peers: string[] = [];
  let node = nodes.find(({ nodeId }) => nodeId === from);
  while (node !== undefined) {
    assert.ok(peers.length <= nodes.length, `${destination} goes in circles: ${peers.join(" ")}`);
    const bytes = Buffer.from(destination);
    const route = new RouteTable([...node.routes]).lookup(bytes, 0, bytes.length, 0);
    assert.ok(route, `${node.nodeId} has no route to ${destination}`);
    peers.push(route.peer);
    node = nodes.find(({ nodeId }) => nodeId === route.peer);
  }
  return peers;
}

test("single: alice and bob dial in, and reach each other", () => {
  const node = read("single.yaml");
  assert.deepEqual(
    node.peers.map(({ name, dial }) => [name, dial]),
    [
      ["alice", undefined],
      ["bob", undefined],
    ],
  );
  assert.deepEqual(way([node], "A", "test.a.bob.1"), ["bob"]);
  assert.deepEqual(way([node], "A", "test.a.alice"), ["alice"]);
  // 10,000 packets a second for an hour, 100 units each, without an answer for a second: nothing of that meets a limit.
  const { rate, creditLimit, maxAmount, held, velocity } = node.peers[0]!.limits;
  assert.ok(rate.ratePerSecond > 20_000 && maxAmount >= 100 && creditLimit > 10_000 * 3600 * 100);
  assert.ok(held.packets >= 10_000 && velocity !== undefined && velocity.amount > 20_000 * 100);
});

test("chain: the nodes have names, addresses, ports and files of their own", () => {
  assert.deepEqual(chain.map(({ nodeId }) => nodeId).join(""), "ABCDE");
  const kinds = [
    chain.map(({ ilpAddress }) => ilpAddress),
    chain.flatMap(({ btp, admin }) => [btp.port, admin.port]),
    chain.map(({ ledger }) => (ledger.kind === "sqlite" ? ledger.file : "")),
  ];
  for (const values of kinds) assert.equal(new Set<unknown>(values).size, values.length, values.join(" "));
  assert.equal(new Set(chain.map(({ telemetry }) => telemetry.hub)).size, 1);
});

test("chain: who is dialled listens there, under the same token, and each calls the other by its name", () => {
  let links = 0;
  for (const node of chain)
    for (const peer of node.peers) {
      const other = chain.find(({ nodeId }) => nodeId === peer.name);
      const back = other?.peers.find(({ name }) => name === node.nodeId);
      if (other === undefined) continue;
      assert.ok(back, `${peer.name} does not know ${node.nodeId}`);
      assert.equal(peer.token, back.token, `${node.nodeId}-${peer.name}`);
      assert.notEqual(peer.dial === undefined, back.dial === undefined, "one of both dials");
      if (peer.dial === undefined) continue;
      assert.equal(peer.dial, `ws://${other.btp.host}:${other.btp.port}`);
      links++;
    }
  assert.equal(links, 4);
});

test("chain: alice and bob reach each other through every node, and every node is reached from every other", () => {
  assert.deepEqual(way(chain, "A", "test.e.bob"), ["B", "C", "D", "E", "bob"]);
  assert.deepEqual(way(chain, "E", "test.a.alice.7"), ["D", "C", "B", "A", "alice"]);
  for (const { nodeId } of chain) {
    assert.equal(way(chain, nodeId, "test.e.bob").at(-1), "bob");
    assert.equal(way(chain, nodeId, "test.a.alice").at(-1), "alice");
  }
});

test("chain: a packet of ten seconds has time for five hops", () => {
  const leftMs = chain.reduce((left, { expiry }) => {
    assert.ok(left - expiry.marginMs >= expiry.minMs);
    return left - expiry.marginMs;
  }, 10_000);
  assert.equal(leftMs, 5000);
});
