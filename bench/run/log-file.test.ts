import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { boundLog, LOG_LIMIT_BYTES, tailOf } from "./log-file.ts";

function logFile(t: TestContext, content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-log-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "target.log");
  if (content !== undefined) writeFileSync(file, content);
  return file;
}

test("the last lines of a log, blank ones left out", (t) => {
  const file = logFile(t, "one\ntwo\n\nthree\n  \nfour\n");
  assert.deepEqual(tailOf(file, 2), ["three", "four"]);
  assert.deepEqual(tailOf(file, 10), ["one", "two", "three", "four"]);
});

test("a last line without its end is a line", (t) => {
  assert.deepEqual(tailOf(logFile(t, "one\ncut in the mid"), 1), ["cut in the mid"]);
});

test("a log that is empty or not there has no lines", (t) => {
  assert.deepEqual(tailOf(logFile(t, ""), 3), []);
  assert.deepEqual(tailOf(logFile(t), 3), []);
});

test("of a long log only the end is read", (t) => {
  const file = logFile(t, "");
  truncateSync(file, 3 * LOG_LIMIT_BYTES);
  appendFileSync(file, "\nnext to last\nlast\n");
  assert.deepEqual(tailOf(file, 2), ["next to last", "last"]);
  // One line of 200 MB is given back as the end of it, not as a whole.
  assert.ok((tailOf(file, 3)[0] as string).length <= 64 << 10);
});

test("a log past its limit is emptied, and its writer goes on from the start", (t) => {
  const file = logFile(t, "");
  truncateSync(file, LOG_LIMIT_BYTES + 1);
  boundLog(file);
  assert.equal(statSync(file).size, 0);
  appendFileSync(file, "after\n");
  assert.deepEqual(tailOf(file, 1), ["after"]);
});

test("a log at its limit stays as it is, and one that is not there is no matter", (t) => {
  const file = logFile(t, "");
  truncateSync(file, LOG_LIMIT_BYTES);
  boundLog(file);
  assert.equal(statSync(file).size, LOG_LIMIT_BYTES);
  boundLog(`${file}.gone`);
});
