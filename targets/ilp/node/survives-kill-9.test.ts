/** The whole connector killed under load, again and again: what its senders were told is in its books, and the books add up. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isFree } from "../../../bench/host/ports.ts";
import { type Sender, startSender } from "../testing/sender.ts";
import { until } from "../testing/until.ts";
import type { Health } from "./admin.ts";
import { BOB, fileBetween, fulfillingReceiver } from "./testing/node-between.ts";

const KILLS = 20;
/** A kill and a start take a second or two, and several when others have the machine. */
const TIMEOUT_MS = 300_000;
/** Packets that wait for their answer at any time. */
const UNDER_WAY = 200;
/** Half of the packets held when the node dies run out while it is away, or soon after; the others when it is back. */
const LIVES_MS = [600, 5_000];
const MAIN = join(import.meta.dirname, "..", "main.ts");

/** Every packet has an amount of its own, by which it is found in the books. */
interface Told {
  sent: number;
  readonly fulfilled: Set<number>;
  readonly rejected: Set<number>;
}

interface Entry {
  readonly amount: number;
  readonly state: "pending" | "posted" | "voided" | "expired";
  /** When it runs out while it is pending, then when it ended. */
  readonly endsMs: number;
}

/** Reads the books as anyone may while the node has them open. */
function read(file: string) {
  const db = new DatabaseSync(file, { readOnly: true });
  const entries = db
    .prepare("SELECT journal.amount, journal.state, ends_ms AS endsMs FROM journal JOIN transfers USING (id)")
    .all() as unknown as Entry[];
  const accounts = db.prepare("SELECT * FROM accounts").all() as Record<string, string>[];
  db.close();
  const sum = (column: string) => accounts.reduce((all, account) => all + BigInt(account[column]!), 0n);
  return {
    entries,
    pending: entries.filter(({ state }) => state === "pending"),
    postedSum: sum("credits_posted") - sum("debits_posted"),
    pendingSums: [sum("debits_pending"), sum("credits_pending")],
    bobHas: Number(accounts.find(({ name }) => name === "peer:bob")?.credits_posted),
  };
}

/** What was fulfilled is posted, what was rejected is not, nothing that was not sent is, and the books add up. */
function assertKept(file: string, told: Told, startedMs: number): void {
  const { entries, pending, postedSum, bobHas } = read(file);
  const amounts = entries.filter(({ state }) => state === "posted").map(({ amount }) => amount);
  const paid = new Set(amounts);
  assert.equal(paid.size, amounts.length, "no packet was paid twice");
  const lost = [...told.fulfilled].filter((amount) => !paid.has(amount));
  assert.deepEqual(lost, [], "each acknowledged packet is posted");
  assert.ok(amounts.every((amount) => amount <= told.sent && !told.rejected.has(amount)));
  assert.equal(postedSum, 0n, "the sum of all balances");
  const all = amounts.reduce((sum, amount) => sum + amount, 0);
  assert.equal(bobHas, all);
  const overdue = pending.filter(({ endsMs }) => endsMs <= startedMs);
  assert.deepEqual(overdue, [], "holds that ran out while the node was away are given back");
}

/** Keeps packets under way until the node is gone, and each has come to its end. */
async function load(alice: Sender, told: Told): Promise<void> {
  const one = async () => {
    while (alice.up) {
      const amount = ++told.sent;
      const expiresInMs = LIVES_MS[amount % LIVES_MS.length]!;
      const { kind } = await alice.send({ destination: BOB, amount, expiresInMs });
      if (kind === "fulfill") told.fulfilled.add(amount);
      else if (kind === "reject") told.rejected.add(amount);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, one));
}

/**
 * Two ports that are free now, and stay so between kills: below those that systems give to whoever dials, which anyone's
 * client could get meanwhile.
 */
async function freePorts(): Promise<[port: number, adminPort: number]> {
  for (let port = 10_000 + (process.pid % 10_000); ; port += 2)
    if ((await isFree(port)) && (await isFree(port + 1))) return [port, port + 1];
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

test(`a node killed ${KILLS} times under load loses no acknowledged packet, and the sum of all balances is zero`, {
  timeout: TIMEOUT_MS,
}, async (t) => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(mkdtempSync(join(tmpdir(), "plimsoll-kill-")), (path) =>
    rmSync(path, { recursive: true }),
  );
  const ledgerFile = join(folder, "ledger.db");
  const [port, adminPort] = await freePorts();
  const config = join(folder, "node.yaml");
  // JSON is YAML, too.
  writeFileSync(
    config,
    JSON.stringify({ ...fileBetween(ledgerFile), btp: { port }, admin: { port: adminPort } }),
  );
  const url = `ws://127.0.0.1:${port}`;
  const told: Told = { sent: 0, fulfilled: new Set(), rejected: new Set() };

  /** Starts the node on the same books, and checks them once it takes packets. */
  async function start(): Promise<ChildProcess> {
    const startedMs = Date.now();
    // Its end of the pipe closes with this process, however that ends, and then it ends.
    const child = spawn(process.execPath, [MAIN, "node", "--config", config], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    opened.defer(() => kill(child));
    await until("the node to be up", async () => {
      assert.equal(child.exitCode, null, "it ended by itself");
      return (await health(adminPort))?.status === "ok";
    });
    assertKept(ledgerFile, told, startedMs);
    return child;
  }

  async function killUnderLoad(): Promise<void> {
    const child = await start();
    await using peers = new AsyncDisposableStack();
    const bob = peers.adopt(await fulfillingReceiver(url, "bob-token"), (it) => it.close());
    const alice = peers.adopt(await startSender(url, "alice-token"), (it) => it.close());
    await until("alice and bob to be connected", () => alice.up && bob.up);
    const before = told.fulfilled.size;
    const loaded = load(alice, told);
    await until("packets to be fulfilled", () => told.fulfilled.size > before);
    // Not a wait for anything: any moment will do.
    await delay(Math.random() * 150);
    await kill(child);
    await loaded;
    assert.equal(child.signalCode, "SIGKILL", "it ran until it was killed");
  }

  for (let n = 0; n < KILLS; n++) await killUnderLoad();
  // A batch may have had the end of every hold in it: what becomes of holds needs some.
  for (let more = 5; more > 0 && read(ledgerFile).pending.length === 0; more--) await killUnderLoad();

  // Before it is started again, however long that takes: what had run out by then is given back at once.
  const { pending } = read(ledgerFile);
  assert.ok(pending.length > 0, "packets were under way when it was killed");
  await start();
  await until("the holds of dead packets to be given back", () => read(ledgerFile).pending.length === 0);
  const { entries, pendingSums } = read(ledgerFile);
  const byAmount = new Map(entries.map((entry) => [entry.amount, entry]));
  for (const { amount, endsMs } of pending) {
    const ended = byAmount.get(amount);
    assert.ok(ended?.state === "expired" && ended.endsMs >= endsMs, "at its expiry, and not before");
  }
  assert.deepEqual(pendingSums, [0n, 0n]);
  assertKept(ledgerFile, told, Date.now());

  const count = (state: string) => entries.filter((entry) => entry.state === state).length;
  t.diagnostic(
    `${told.sent} sent, ${told.fulfilled.size} fulfilled, ${told.rejected.size} rejected; ${count("posted")} posted, ${count("expired")} expired`,
  );
});

async function health(adminPort: number): Promise<Health | undefined> {
  try {
    return (await (await fetch(`http://127.0.0.1:${adminPort}/health`)).json()) as Health;
  } catch {
    return undefined;
  }
}
