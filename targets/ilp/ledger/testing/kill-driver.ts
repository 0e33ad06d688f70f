/**
 * Moves value between three accounts as fast as it is acknowledged, and prints the id of each transfer when it is told
 * that it is durable, one write a batch. Made to be killed: node kill-driver.ts <ledger file>
 */
import { writeSync } from "node:fs";
import { sqliteOptions } from "../options.ts";
import { openSqliteLedger } from "../sqlite-ledger.ts";

const file = process.argv[2] ?? "";
// A short journal and small batches: folding, checkpoints and many commits are then in the way of the kill too.
const ledger = await openSqliteLedger(
  sqliteOptions.parse({ kind: "sqlite", file, keepSettled: 20_000, maxTransfers: 50, maxDelayMs: 1 }),
);
const accounts = await Promise.all(["test.a", "test.b", "test.c"].map((name) => ledger.account(name)));

/** Transfers under way at once. */
const UNDER_WAY = 200;
let acknowledged: number[] = [];

function transfer(): void {
  const n = Math.floor(Math.random() * 3);
  const id = ledger.reserve(accounts[n]!, accounts[(n + 1) % 3]!, 1 + (n % 97), Date.now() + 60_000);
  if (id % 10 === 0) {
    ledger.void(id);
    setImmediate(transfer);
    return;
  }
  ledger.post(id, {
    durable(error) {
      if (error !== undefined) throw error;
      if (acknowledged.push(id) === 1) queueMicrotask(print);
      transfer();
    },
  });
}

function print(): void {
  writeSync(1, `${acknowledged.join("\n")}\n`);
  acknowledged = [];
}

for (let i = 0; i < UNDER_WAY; i++) transfer();
