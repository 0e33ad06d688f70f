import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scratch } from "./testing/scratch.ts";
import { sums } from "./testing/waiting.ts";

const KILLS = 20;
const DRIVER = fileURLToPath(new URL("testing/kill-driver.ts", import.meta.url));

/** Runs the driver until it acknowledged something and a while more, kills it, and gives the ids it acknowledged. */
async function killUnderLoad(file: string, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [DRIVER, file], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (out === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    out += text;
  });
  const [, signal] = await once(child, "close");
  assert.equal(signal, "SIGKILL", "it ran until it was killed");
  // What follows the last line end may be half of an id.
  return out.slice(0, out.lastIndexOf("\n")).split("\n").map(Number);
}

function journalOf(file: string): { oldest: number; posted: ReadonlySet<number> } {
  const db = new DatabaseSync(file, { readOnly: true });
  const { oldest } = db.prepare("SELECT min(id) AS oldest FROM transfers").get() as { oldest: number };
  const rows = db.prepare("SELECT id FROM journal WHERE state = 'posted'").all() as { id: number }[];
  db.close();
  return { oldest, posted: new Set(rows.map(({ id }) => id)) };
}

test(`killed ${KILLS} times under load: every acknowledged transfer is posted, ids are new, the sum is zero`, async (t) => {
  await using place = scratch();
  let total = 0;
  let highest = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const ids = await killUnderLoad(place.file, 20 + Math.random() * 300);
    assert.ok(ids.length > 0 && ids.every((id) => id > highest), "no id of an earlier run again");
    highest = Math.max(...ids);
    // Opening it checks the accounts against the journal; kept longer than the driver does, so it folds nothing away.
    const ledger = await place.open({ keepSettled: 1_000_000 });
    const { oldest, posted } = journalOf(place.file);
    // What is older than the journal was folded while the driver ran.
    const lost = ids.filter((id) => id >= oldest && !posted.has(id));
    assert.deepEqual(lost, [], `kill ${kill}`);
    assert.deepEqual(await sums(ledger), { posted: 0n, pending: 0n });
    await ledger.close();
    total += ids.length;
  }
  t.diagnostic(`${total} acknowledged transfers over ${KILLS} kills`);
});
