import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sample } from "../report/testing/sample.ts";
import { laidRun } from "../results/testing/folder.ts";
import { evidenceFor } from "./evidence.ts";

const NAME = "basic-load.smoke";

function results(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-evidence-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  laidRun(root, sample("basic-load"), "a-run");
  return root;
}

async function ask(root: string) {
  const warnings: string[] = [];
  const history = await evidenceFor(NAME, root, (line) => warnings.push(line));
  return { runs: history.map(({ run }) => run), warnings };
}

test("runs in the folder are evidence, whatever the histories of other scenarios look like", async (t) => {
  const root = results(t);
  mkdirSync(join(root, "history"));
  writeFileSync(join(root, "history", "stress.smoke.ndjson"), "torn");
  assert.deepEqual(await ask(root), { runs: ["a-run"], warnings: [] });
});

test("a bad line, or an archive that cannot be unpacked, leaves no evidence, and a line says why", async (t) => {
  const root = results(t);
  await ask(root);
  const archive = join(root, "history", "archive");
  mkdirSync(archive);
  writeFileSync(join(archive, `${NAME}.ndjson.gz`), "torn");
  const { runs, warnings } = await ask(root);
  assert.deepEqual([runs, warnings.length], [[], 1]);
  assert.match(
    warnings[0] ?? "",
    /^no gate of basic-load\.smoke is quarantined: .+\.gz cannot be read as an/,
  );
  rmSync(archive, { recursive: true });
  appendFileSync(join(root, "history", `${NAME}.ndjson`), '{"v":1,');
  const torn = await ask(root);
  assert.deepEqual([torn.runs, torn.warnings.length], [[], 1]);
  assert.match(torn.warnings[0] ?? "", /\.ndjson, line 2: .+; npx plimsoll archive sets it aside$/);
});

test("a folder that is not there yet has no evidence, and is not made", async (t) => {
  const missing = join(results(t), "missing");
  assert.deepEqual(await ask(missing), { runs: [], warnings: [] });
});
