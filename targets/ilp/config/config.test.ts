/** A node's file: what it means, and what it says in one line when it means nothing. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, parseConfig, readConfig } from "./config.ts";

const LEAST = `nodeId: A
ilpAddress: test.a
peers:
  - name: alice
    listens: true
    token: secret
ledger:
  kind: sqlite
  file: a.db
`;

test("the least there is, with every default", () => {
  assert.deepEqual(parseConfig(LEAST, "a.yaml"), {
    nodeId: "A",
    ilpAddress: "test.a",
    asset: { code: "XTS", scale: 0 },
    btp: {
      host: "127.0.0.1",
      port: 3000,
      limits: {
        authMs: 5_000,
        connections: 1_024,
        pending: 20_000,
        inbound: 20_000,
        softBytes: 1_048_576,
        hardBytes: 16_777_216,
        stallMs: 10_000,
        keepAliveMs: 15_000,
        retryMaxMs: 10_000,
      },
    },
    admin: { port: 9080 },
    peers: [
      {
        name: "alice",
        token: "secret",
        dial: undefined,
        sockets: 1,
        limits: {
          rate: { ratePerSecond: 50_000, burst: 10_000 },
          maxAmount: Number.MAX_SAFE_INTEGER,
          velocity: undefined,
          held: { packets: 20_000, amount: Number.MAX_SAFE_INTEGER },
          creditLimit: 0,
        },
        claims: undefined,
      },
    ],
    routes: [],
    expiry: { marginMs: 1000, minMs: 500, holdMs: 30_000 },
    fee: { fixed: 0, ppm: 0 },
    ledger: {
      kind: "sqlite",
      file: "a.db",
      keepSettled: 1_000_000,
      maxTransfers: 100,
      maxDelayMs: 2,
      maxQueued: 16_384,
      maxHolds: 65_536,
      patienceMs: 1_000,
      timeoutMs: 2_000,
      maxHoldMs: 600_000,
      maxAccounts: 10_000,
    },
    telemetry: { hub: "ws://127.0.0.1:9000", batchMs: 100, batchEvents: 1000, queue: 65_536 },
    claimWorkers: 1,
    logLevel: "info",
  });
});

test("everything there is", () => {
  const config = parseConfig(
    `
nodeId: node-1
ilpAddress: g.us.node-1
btp:
  host: 0.0.0.0
  port: 4000
  limits: { pending: 7, inbound: 8, softBytes: 100000, hardBytes: 200000, stallMs: 1000 }
admin: { port: 0 }
peers:
  - name: up
    dial: wss://up.example:443/btp
    tokenEnv: UP_TOKEN
    creditLimit: 10
    maxAmount: 5
    rateLimitPerSecond: 0.5
    burst: 2
    velocity: { amount: 7, windowMs: 1000 }
    held: { packets: 3 }
routes:
  - { prefix: "", peer: up }
  - { prefix: g.eu, peer: up }
expiry: { marginMs: 1, minMs: 2, holdMs: 3 }
fee: { fixed: 1, ppm: 500 }
ledger: { kind: tigerbeetle, addresses: ["3001", "3002"], namespace: a, maxTransfers: 50 }
telemetry: { hub: off, batchMs: 10, batchEvents: 5, queue: 100 }
logLevel: debug
`,
    "a.yaml",
    { UP_TOKEN: "from outside" },
  );
  assert.deepEqual(config.peers, [
    {
      name: "up",
      token: "from outside",
      dial: "wss://up.example:443/btp",
      sockets: 1,
      limits: {
        rate: { ratePerSecond: 0.5, burst: 2 },
        maxAmount: 5,
        velocity: { amount: 7, windowMs: 1000 },
        held: { packets: 3, amount: Number.MAX_SAFE_INTEGER },
        creditLimit: 10,
      },
      claims: undefined,
    },
  ]);
  assert.deepEqual(config.btp.limits, {
    authMs: 5_000,
    connections: 1_024,
    pending: 7,
    inbound: 8,
    softBytes: 100_000,
    hardBytes: 200_000,
    stallMs: 1_000,
    keepAliveMs: 15_000,
    retryMaxMs: 10_000,
  });
  const { kind, maxTransfers, maxDelayMs } = config.ledger;
  assert.deepEqual([kind, maxTransfers, maxDelayMs], ["tigerbeetle", 50, 10]);
  assert.equal(config.telemetry.hub, undefined);
  assert.deepEqual(config.routes[0], { prefix: "", peer: "up" });
});

test("as many packets of a peer may wait as its connections let in", () => {
  const held = (more: string) =>
    parseConfig(
      LEAST.replace("token: secret", `token: s\n    held: { packets: 50000 }\n    ${more}`),
      "a.yaml",
    ).peers[0]?.limits.held.packets;
  assert.equal(held("sockets: 3"), 50_000);
  assert.equal(held("burst: 1\nbtp: { limits: { inbound: 50000 } }"), 50_000);
  const { btp, peers } = parseConfig(`${LEAST}btp: { limits: { inbound: 10 } }`, "a.yaml");
  assert.deepEqual([btp.limits.inbound, peers[0]?.limits.held.packets], [10, 20_000]);
});

test("what is read cannot be changed", () => {
  const config = parseConfig(LEAST, "a.yaml");
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.peers[0]?.limits.rate));
});

/** Each a change of LEAST, and the line it must come to. */
const MISTAKES: readonly (readonly [what: string, with_: string, line: string])[] = [
  ["nodeId: A\n", "", "1: nodeId: is missing"],
  ["nodeId: A", "nodeId: a b", "1: nodeId: must be 1 to 64 letters, digits, _ - or ."],
  ["nodeId: A", "nodeId: 5", "1: nodeId: expected string, received number"],
  ["test.a", "test", "2: ilpAddress: an ILP address of fewer than two segments (byte 0)"],
  ["test.a", "nowhere.a", "2: ilpAddress: an ILP address of no known scheme (byte 0)"],
  ["    token", "    tokn", "6: peers[0].tokn: there is no such key"],
  ["    token: secret\n", "", '4: peers[0]: peer "alice" needs either token or tokenEnv'],
  ["    listens: true\n", "", '4: peers[0]: peer "alice" needs either dial: ws://... or listens: true'],
  ["listens: true", "dial: http://x", "5: peers[0].dial: must be a ws:// or wss:// URL"],
  ["token: secret", "tokenEnv: NOPE", "6: peers[0].tokenEnv: the environment has no NOPE"],
  [
    "token: secret",
    "token: s\n    creditLimit: -1",
    "7: peers[0].creditLimit: too small: expected number to be >=0",
  ],
  [
    "token: secret",
    "token: s\n    creditLimit: 1.5",
    "7: peers[0].creditLimit: expected int, received number",
  ],
  [
    "token: secret",
    "token: s\n    creditLimit: 9007199254740993",
    "7: peers[0].creditLimit: too big: expected int to be <=9007199254740991",
  ],
  [
    "ledger:",
    "  - { name: bob, listens: true, token: secret }\nledger:",
    '7: peers[1]: peers "alice" and "bob" have the same token',
  ],
  [
    "ledger:",
    "  - { name: alice, dial: ws://x, token: s }\nledger:",
    '7: peers[1].name: there are two peers "alice"',
  ],
  [
    "ledger:",
    "routes: [{ prefix: g.a., peer: alice }]\nledger:",
    '7: routes[0].prefix: "g.a." is no prefix of ILP addresses: leave out the period at its end',
  ],
  [
    "ledger:",
    "routes:\n  - { prefix: g, peer: bob }\nledger:",
    '8: routes[0].peer: there is no peer "bob"; there are alice',
  ],
  [
    "ledger:",
    "routes:\n  - { prefix: g, peer: alice }\n  - { prefix: g, peer: alice }\nledger:",
    '9: routes[1].prefix: there are two routes for "g"',
  ],
  [
    "ledger:",
    "btp: { limits: { softBytes: 200000, hardBytes: 200000 } }\nledger:",
    "7: btp.limits.hardBytes: must be above softBytes",
  ],
  [
    "ledger:",
    "btp: { limits: { maxPayload: 40000 } }\nledger:",
    "7: btp.limits.maxPayload: there is no such key",
  ],
  [
    "token: secret",
    "token: s\n    held: { packets: 50000 }",
    "7: peers[0].held.packets: 50000 cannot wait where btp.limits.inbound lets in 20000",
  ],
  ["ledger:", "expiry: { minMs: 9, holdMs: 9 }\nledger:", "7: expiry.holdMs: must be above minMs"],
  ["ledger:", "telemetry: { hub: on }\nledger:", '7: telemetry.hub: must be a ws:// or wss:// URL, or "off"'],
  ["ledger:\n  kind: sqlite\n  file: a.db\n", "", "1: ledger: is missing"],
  ["kind: sqlite", "kind: mysql", "8: ledger.kind: must be one of sqlite, tigerbeetle"],
  ["file: a.db", "fil: a.db", "9: ledger.fil: there is no such key (and 1 more)"],
  ["  file: a.db\n", "", "7: ledger.file: is missing"],
  [
    "ledger:",
    "logLevel: loud\nledger:",
    '7: logLevel: expected one of "fatal"|"error"|"warn"|"info"|"debug"|"trace"|"silent"',
  ],
  ["ledger:", "nodeId: B\nledger:", "7: Map keys must be unique"],
  ["nodeId: A", "nodeId: !important A", "1: Unresolved tag: !important"],
  ["nodeId: A", "nodeId: [", "2: "],
  ["nodeId: A", "no: 1\nnode: 2", "1: no: there is no such key (and 2 more)"],
];

test("a mistake is told in one line: the file, the line, the key and what to do", () => {
  for (const [what, instead, line] of MISTAKES)
    assert.throws(
      () => parseConfig(LEAST.replace(what, instead), "a.yaml"),
      (error) => {
        assert.ok(error instanceof ConfigError, `${instead}: ${error}`);
        assert.ok(!error.message.includes("\n"));
        if (line.endsWith(" ")) assert.ok(error.message.startsWith(`a.yaml:${line}`), error.message);
        else assert.equal(error.message, `a.yaml:${line}`);
        return true;
      },
      instead,
    );
});

test("a token is never part of a message", () => {
  const file = LEAST.replace("token: secret", `token: ${"geheim".repeat(200)}`);
  assert.throws(
    () => parseConfig(file, "a.yaml"),
    (error) => error instanceof ConfigError && !error.message.includes("geheim"),
  );
});

test("what is no file of ours at all", () => {
  for (const [text, message] of [
    ["", "a.yaml: the file is empty"],
    ["# nothing", "a.yaml: the file is empty"],
    ["- 1", "a.yaml:1: expected object, received array"],
    ["just text", "a.yaml:1: expected object, received string"],
  ] as const)
    assert.throws(() => parseConfig(text, "a.yaml"), { name: "ConfigError", message });
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
  bomb[0] = "a0: &a0 [x,x,x,x,x,x,x,x,x]";
  assert.throws(() => parseConfig(bomb.join("\n"), "a.yaml"), {
    name: "ConfigError",
    message: "a.yaml: Excessive alias count indicates a resource exhaustion attack",
  });
});

test("files that are not there, are folders, or are far too long", () => {
  const folder = mkdtempSync(join(tmpdir(), "ilp-config-"));
  try {
    const missing = join(folder, "missing.yaml");
    assert.throws(() => readConfig(missing), {
      name: "ConfigError",
      message: `${missing}: there is no such file`,
    });
    assert.throws(() => readConfig(folder), ConfigError);
    const long = join(folder, "long.yaml");
    writeFileSync(long, "#".repeat(4 * 1024 * 1024 + 1));
    assert.throws(() => readConfig(long), { message: `${long}: longer than 4194304 bytes` });
    const right = join(folder, "right.yaml");
    writeFileSync(right, LEAST);
    assert.equal(readConfig(right).nodeId, "A");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
