import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { Failure } from "../failure.ts";
import { counter, windowAt } from "../windows/testing/windows.ts";
import type { Window } from "../windows/window.ts";
import {
  findRun,
  newRunFolder,
  type RunFolder,
  readRun,
  resourcesOf,
  windowsOf,
  writeAtomic,
  writeRun,
} from "./store.ts";
import { wholeRun } from "./testing/run.ts";

const STARTED = new Date("2026-11-21T10:00:07.123Z");

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-store-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A results folder with these runs in it; each only a run.json. */
function results(t: TestContext, ...names: string[]): string {
  const root = folder(t);
  for (const name of names) writeAtomic(join(root, name, "run.json"), "{}");
  return root;
}

/** The one line a user sees when something is not there or not readable. */
function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Failure, `a Failure, not ${error}`);
    assert.equal(error.code, "USAGE");
    assert.equal(error.exitCode, 2);
    assert.doesNotMatch(error.message, /\n/, "one line");
    return error.message;
  }
  throw new assert.AssertionError({ message: "no complaint" });
}

test("a run's folder is named by when it started, its scenario and its profile", (t) => {
  const root = join(folder(t), "deep", "results");
  const made = newRunFolder(root, "stress", "smoke", STARTED);
  assert.deepEqual(made, {
    id: "20261121T100007Z-stress-smoke",
    path: join(root, "20261121T100007Z-stress-smoke"),
  });
  assert.deepEqual(readdirSync(root), [made.id]);
});

test("runs of the same second get a number", (t) => {
  const root = folder(t);
  const made = [1, 2, 3].map(() => newRunFolder(root, "stress", "smoke", STARTED).id);
  const id = "20261121T100007Z-stress-smoke";
  assert.deepEqual(made, [id, `${id}-2`, `${id}-3`]);
  assert.equal(newRunFolder(root, "spike", "smoke", STARTED).id, "20261121T100007Z-spike-smoke");
});

test("results that cannot be written are the user's to mend, in one line", (t) => {
  const root = join(folder(t), "results");
  writeFileSync(root, "a file where a folder should be");
  assert.match(
    complaint(() => newRunFolder(root, "stress", "smoke", STARTED)),
    new RegExp(`^cannot write results to ${root}: E`),
  );
});

test("a file is written whole, in folders that are made for it, and leaves nothing beside it", (t) => {
  const root = folder(t);
  const file = join(root, "graphs", "latency.svg");
  writeAtomic(file, "<svg/>");
  writeAtomic(file, new Uint8Array([60, 61]));
  assert.equal(readFileSync(file, "utf8"), "<=");
  assert.deepEqual(readdirSync(join(root, "graphs")), ["latency.svg"]);
});

test("a write that fails leaves what was there, and nothing beside it", (t) => {
  const root = folder(t);
  const taken = join(root, "run.json");
  mkdirSync(join(taken, "in-the-way"), { recursive: true });
  assert.throws(() => writeAtomic(taken, "new"), { code: "EISDIR" });
  assert.ok(existsSync(join(taken, "in-the-way")));
  assert.deepEqual(readdirSync(root), ["run.json"]);
});

test("a run reads back as it was written", (t) => {
  const made = newRunFolder(folder(t), "spike", "smoke", STARTED);
  const run = wholeRun("spike");
  writeRun(made, run);
  assert.deepEqual(readRun(made), JSON.parse(JSON.stringify(run)));
  assert.deepEqual(readdirSync(made.path), ["run.json"]);
});

test("a run that is not whole is not written, and does not replace the one that is there", (t) => {
  const made = newRunFolder(folder(t), "spike", "smoke", STARTED);
  const run = wholeRun("spike");
  writeRun(made, run);
  assert.throws(() => writeRun(made, { ...run, host: undefined } as never));
  assert.equal(readRun(made).host.fingerprint, run.host.fingerprint);
});

test("a run is found by its name, its folder, its run.json, or as the latest", (t) => {
  const root = results(t, "20261120T100000Z-stress-smoke", "20261121T090000Z-basic-load-full");
  const id = "20261120T100000Z-stress-smoke";
  const path = join(root, id);
  for (const reference of [
    id,
    `${id}/run.json`,
    path,
    join(path, "run.json"),
    relative(process.cwd(), path),
  ]) {
    const found = findRun(reference, root);
    assert.equal(found.id, id, reference);
    assert.equal(join(found.path, "."), join(path, "."), reference);
  }
  assert.equal(findRun("latest", root).id, "20261121T090000Z-basic-load-full");
});

test("a run of another results folder is found by its path", (t) => {
  const other = results(t, "tonight");
  assert.deepEqual(findRun(join(other, "tonight"), results(t)), {
    id: "tonight",
    path: join(other, "tonight"),
  });
});

test("what has no run.json is no run, not even the latest", (t) => {
  const root = results(t, "20261120T100000Z-stress-smoke");
  mkdirSync(join(root, "20261122T100000Z-stress-smoke"));
  writeFileSync(join(root, "zzz"), "");
  assert.equal(findRun("latest", root).id, "20261120T100000Z-stress-smoke");
});

test("a run that was profiled is the latest only where all runs are asked for", (t) => {
  const [real, profiled] = ["20261120T100000Z-stress-smoke", "20261122T100000Z-stress-smoke"];
  const root = results(t, real, profiled);
  mkdirSync(join(root, profiled, "profile"));
  assert.equal(findRun("latest", root).id, real);
  assert.equal(findRun("latest", root, "all").id, profiled);
  assert.equal(findRun(profiled, root).id, profiled);
  rmSync(join(root, real), { recursive: true });
  assert.equal(
    complaint(() => findRun("latest", root)),
    "there is no run that was not profiled: npx plimsoll run basic-load",
  );
});

test("an unknown run is answered with the newest ones there are", (t) => {
  const root = results(t, "a-run", "b-run", "c-run", "d-run");
  assert.equal(
    complaint(() => findRun("e-run", root)),
    'there is no run "e-run"; the newest are d-run, c-run, b-run',
  );
  assert.equal(
    complaint(() => findRun("e-run", folder(t))),
    'there is no run "e-run"',
  );
});

for (const root of ["an empty folder", "no folder"]) {
  test(`without any run (${root}), the latest is answered with how to make one`, (t) => {
    const at = root === "no folder" ? join(folder(t), "not-there") : folder(t);
    assert.equal(
      complaint(() => findRun("latest", at)),
      "there is no run yet: npx plimsoll run basic-load",
    );
  });
}

const whole = `${JSON.stringify(wholeRun(), null, 2)}\n`;

for (const [what, text, message] of [
  ["nothing", "", /cannot be read as a run: Unexpected end of JSON input$/],
  ["half of a run", whole.slice(0, whole.length / 2), /cannot be read as a run: .+$/],
  [
    "a word where a number should be",
    whole.replace('"schema": 1', '"schema": one'),
    /cannot be read as a run: .+$/,
  ],
  ["bytes of something else", "\u0000\u0001\n\u0002PNG\n", /cannot be read as a run: .+$/],
  ["another schema", whole.replace('"schema": 1', '"schema": 2'), /has schema 2; this plimsoll reads 1$/],
  ["no schema", "{}", /has no schema: it is no run of plimsoll's$/],
  ["null", "null", /has no schema: it is no run of plimsoll's$/],
  ["a list", "[1]", /has no schema: it is no run of plimsoll's$/],
  [
    "a run without its host",
    JSON.stringify({ ...wholeRun(), host: undefined }),
    /is not a whole run: host: .*expected object/,
  ],
  [
    "a row without its state",
    JSON.stringify({ ...wholeRun(), sla: [{ ...wholeRun().sla[0], state: undefined }] }),
    /is not a whole run: sla\.0\.state: /,
  ],
] as const) {
  test(`a run.json with ${what} is told in one line that names the file`, (t) => {
    const at: RunFolder = { id: "x", path: folder(t) };
    const file = join(at.path, "run.json");
    writeFileSync(file, text);
    const said = complaint(() => readRun(at));
    assert.ok(said.startsWith(`${file} `), said);
    assert.match(said, message);
  });
}

test("a run.json that is not there is told in one line", (t) => {
  assert.match(
    complaint(() => readRun({ id: "x", path: join(folder(t), "gone") })),
    /cannot be read as a run: ENOENT/,
  );
});

async function all<T>(items: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of items) into.push(item);
  return into;
}

test("windows and resources are read one line at a time, blank lines skipped; none when there is no file", async (t) => {
  const at: RunFolder = { id: "x", path: folder(t) };
  assert.deepEqual(await all(windowsOf(at)), []);
  assert.deepEqual(await all(resourcesOf(at)), []);
  const windows = [0, 1, 2].map((second) => windowAt(second, [counter("http_reqs", second)]));
  writeFileSync(
    join(at.path, "windows.ndjson"),
    `${windows.map((window) => JSON.stringify(window)).join("\n\r\n")}\n\n`,
  );
  assert.deepEqual(await all(windowsOf(at)), windows);
});

for (const [file, read] of [
  ["windows.ndjson", windowsOf],
  ["resources.ndjson", resourcesOf],
] as const) {
  test(`${file} that was cut in its last line gives every whole line, and no fault of ours`, async (t) => {
    const at: RunFolder = { id: "x", path: folder(t) };
    const bench = { cpuCores: 0, rssBytes: 1, loopDelayP99Ms: 0 };
    const resource = { at: "2026-11-21T10:00:00.000Z", target: null, k6: null, bench };
    const lines = file.startsWith("windows")
      ? [0, 1].map((second) => windowAt(second, [counter("http_reqs", 7)]))
      : [resource, resource];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(join(at.path, file), text.slice(0, -20));
    const found: unknown[] = [];
    try {
      await all(read(at) as AsyncIterable<unknown>, found);
    } catch (error) {
      // It may say that the file is cut, but as a Failure: one line for the user.
      assert.ok(error instanceof Failure, `a Failure, not ${error}`);
    }
    assert.deepEqual(found, lines.slice(0, 1) as (Window | typeof resource)[]);
  });
}
