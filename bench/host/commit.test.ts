import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { commitOf } from "./commit.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-commit-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", [...IDENTITY, ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

/** A repository with one commit of one file. */
function repository(t: TestContext): { cwd: string; sha: string } {
  const cwd = folder(t);
  git(cwd, "init", "--quiet");
  writeFileSync(join(cwd, "server.js"), "one\n");
  git(cwd, "add", "server.js");
  git(cwd, "commit", "--quiet", "-m", "one");
  return { cwd, sha: git(cwd, "rev-parse", "HEAD") };
}

test("outside of a repository there is no commit", async (t) => {
  assert.equal(await commitOf(folder(t)), null);
});

test("in a folder that is not there, there is no commit", async (t) => {
  assert.equal(await commitOf(join(folder(t), "gone")), null);
});

test("a repository without a commit has none", async (t) => {
  const cwd = folder(t);
  git(cwd, "init", "--quiet");
  assert.equal(await commitOf(cwd), null);
});

test("a clean checkout is its commit, from any folder in it", async (t) => {
  const { cwd, sha } = repository(t);
  mkdirSync(join(cwd, "deep"));
  assert.match(sha, /^[0-9a-f]{40}$/);
  assert.deepEqual(await commitOf(cwd), { sha, dirty: false });
  assert.deepEqual(await commitOf(join(cwd, "deep")), { sha, dirty: false });
});

test("a changed file makes it dirty, staged or not; a new one that git does not know does not", async (t) => {
  const { cwd, sha } = repository(t);
  writeFileSync(join(cwd, "results.txt"), "not git's");
  assert.deepEqual(await commitOf(cwd), { sha, dirty: false });
  writeFileSync(join(cwd, "server.js"), "two\n");
  assert.deepEqual(await commitOf(cwd), { sha, dirty: true });
  git(cwd, "add", "server.js");
  assert.deepEqual(await commitOf(cwd), { sha, dirty: true });
});

test("a file that a benchmark goes on with makes nothing dirty; others do, in folders as well", async (t) => {
  const { cwd, sha } = repository(t);
  writeFileSync(join(cwd, "server.js"), "two\n");
  mkdirSync(join(cwd, "deep"));
  assert.deepEqual(await commitOf(join(cwd, "deep"), "server.js"), { sha, dirty: false });
  assert.deepEqual(await commitOf(cwd, "deep/server.js"), { sha, dirty: true });
});
