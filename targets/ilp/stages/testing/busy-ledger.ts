/** A process whose ledger is busy for a while: tells from when to when, in microseconds of the monotonic clock. */

import { scratch } from "../../ledger/testing/scratch.ts";
import { posted } from "../../ledger/testing/waiting.ts";

const BATCHES = 200;
const TRANSFERS = 200;

const nowUs = () => Number(process.hrtime.bigint() / 1_000n);

await using place = scratch();
const ledger = await place.open({ maxTransfers: 1_000 });
const [alice, bob] = [await ledger.account("test.alice"), await ledger.account("test.bob")];
const fromUs = nowUs();
for (let n = 0; n < BATCHES; n++) {
  const ids = Array.from({ length: TRANSFERS }, () => ledger.reserve(alice, bob, 1, Date.now() + 60_000));
  await Promise.all(ids.map((id) => posted(ledger, id)));
}
process.stdout.write(JSON.stringify({ pid: process.pid, fromUs, toUs: nowUs() }));
