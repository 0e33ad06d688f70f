import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { histories } from "../history/store.ts";
import { sample } from "../report/testing/sample.ts";
import { laidRun } from "../results/testing/folder.ts";
import { takeIn, unfitText } from "./take-in.ts";

/** A results folder with runs that cannot be read. */
function results(t: TestContext, ...unreadable: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-take-in-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [i, text] of unreadable.entries()) {
    mkdirSync(join(root, `broken-${i}`));
    writeFileSync(join(root, `broken-${i}`, "run.json"), text);
  }
  return root;
}

for (const [what, text, says] of [
  ["an empty file", "", /cannot be read as a run: Unexpected end of JSON input$/],
  ["half a file", '{"schema":1,"run":"x', /cannot be read as a run: .+$/],
  ["no schema", "{}", /has no schema: it is no run of plimsoll's$/],
  ["a later schema", '{"schema":99}', /has schema 99; this plimsoll reads 1$/],
  ["keys that are missing", '{"schema":1}', /is not a whole run: .+; an older plimsoll may have written it$/],
] as const) {
  test(`a run of ${what} alone is wrong usage, in a line`, async (t) => {
    await assert.rejects(takeIn(results(t, text)), { code: "USAGE", message: says });
  });
}

test("a folder of runs that there is not is wrong usage, and is not made", async (t) => {
  const missing = join(results(t), "missing");
  await assert.rejects(takeIn(missing), {
    code: "USAGE",
    message: `--results: there is no such folder: ${missing}`,
  });
  assert.ok(!existsSync(missing));
});

test("beside runs that can be read it is left out, and the line counts the others like it", async (t) => {
  const root = results(t, "", '{"schema":99}', "{}");
  laidRun(root, sample("basic-load"));
  const told: string[] = [];
  const write = t.mock.method(process.stderr, "write", (text: string) => told.push(text) > 0);
  await takeIn(root);
  write.mock.restore();
  assert.deepEqual(histories(root), ["basic-load.smoke"]);
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? "",
    /^plimsoll: left out: \S+broken-0\/run\.json cannot be read as a run: .*, and 2 more\n$/,
  );
});

test("a run that was cut or is too short for the history is told of by its name, with why", async (t) => {
  const root = results(t);
  const whole = sample("basic-load");
  laidRun(root, whole);
  const short = sample("spike");
  laidRun(root, { ...short, run: { ...short.run, state: "interrupted" } });
  const brief = sample("stress", { seconds: 4 });
  laidRun(root, { ...brief, run: { ...brief.run, run: "brief" } });
  const told = await takeIn(root);
  assert.deepEqual(histories(root), ["basic-load.smoke"]);
  const unfit = told.filter(({ name }) => name === "spike.smoke");
  const tooShort = told.filter(({ name }) => name === "stress.smoke");
  assert.match(
    unfitText(tooShort),
    /^; not in it: brief has \d blocks of 1 s, and it takes 10 to see how they scatter$/,
  );
  assert.match(unfitText(unfit), /^; not in it: \S+ was interrupted: only whole runs compare$/);
  const three = [...unfit, ...unfit, ...unfit];
  assert.match(unfitText(three), /only whole runs compare, and 2 more like it$/);
  assert.equal(unfitText([]), "");
});
