/** What `plimsoll compare` leaves beside a run. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Command } from "commander";
import { baselineOf } from "../baseline/baseline.ts";
import { times } from "../compare/testing/sides.ts";
import { sample } from "../report/testing/sample.ts";
import { writeRun } from "../results/store.ts";
import { addCompare } from "./compare.ts";

/** A folder with two runs of a spike, the second of which answers later, and a baseline of the first. */
async function runs(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-compare-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const stored = (name: string, of: ReturnType<typeof sample>) => {
    const path = join(root, name);
    mkdirSync(path);
    writeRun({ id: name, path }, { ...of.run, run: name });
    for (const what of ["windows", "resources"] as const)
      writeFileSync(join(path, `${what}.ndjson`), of[what].map((one) => `${JSON.stringify(one)}\n`).join(""));
    return path;
  };
  const first = sample("spike", { seed: 1 });
  const baseline = join(root, "spike.smoke.json");
  writeFileSync(baseline, JSON.stringify(await baselineOf(first.run, first.windows, first.resources)));
  return {
    before: stored("a", first),
    after: stored("b", sample("spike", { seed: 2, ...times(1.7) })),
    baseline,
  };
}

async function compared(t: TestContext, ...args: string[]): Promise<void> {
  const program = new Command("plimsoll");
  addCompare(program);
  const before = process.exitCode;
  t.mock.method(process.stdout, "write", () => true);
  await program.parseAsync(["node", "plimsoll", "compare", ...args]);
  t.mock.restoreAll();
  process.exitCode = before;
}

test("two runs are drawn over each other whole; beside a baseline a run is drawn of what that keeps", async (t) => {
  const { before, after, baseline } = await runs(t);
  const page = () => readFileSync(join(after, "compare.html"), "utf8");
  const highestRate = () => Number(/at most ([\d,]+), after/.exec(page())?.[1]?.replace(",", ""));
  await compared(t, before, after);
  assert.match(page(), /<p>Both runs from the end of their warm-up on/);
  const whole = readFileSync(join(after, "graphs/compare-rate.svg"), "utf8");
  for (const phase of ["hold", "spike", "recovery"]) assert.ok(whole.includes(`>${phase}</text>`), phase);
  assert.ok(highestRate() > 1_000, "the spike is among it");
  await compared(t, baseline, after);
  assert.match(page(), /<p>A baseline keeps the part of a run that is compared/);
});
