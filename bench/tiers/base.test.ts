import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { baseOf } from "./base.ts";

/** A repository with two commits on main and one more on a branch, which is checked out. */
function repository(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-base-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
  const commit = (message: string) => {
    git("commit", "--quiet", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD").trim();
  };
  git("init", "--quiet", "-b", "main");
  commit("one");
  const fork = commit("two");
  git("switch", "--quiet", "-c", "topic");
  commit("three");
  git("switch", "--quiet", "main");
  commit("four");
  git("switch", "--quiet", "topic");
  return { folder, fork, git };
}

test("HEAD is compared with where its branch left main", async (t) => {
  const { folder, fork } = repository(t);
  assert.deepEqual(await baseOf(undefined, folder), { ref: fork, name: fork.slice(0, 7) });
});

test("origin's main comes before the one here, which may be old", async (t) => {
  const { folder, git } = repository(t);
  const [first] = git("rev-list", "--max-parents=0", "main").split("\n");
  git("update-ref", "refs/remotes/origin/main", first as string);
  assert.deepEqual(await baseOf(undefined, folder), { ref: first, name: first?.slice(0, 7) });
});

test("a commit that the user names is the base", async (t) => {
  const { folder, fork } = repository(t);
  assert.deepEqual(await baseOf("HEAD^1", folder), { ref: "HEAD^1", name: `HEAD^1 (${fork.slice(0, 7)})` });
});

test("where HEAD is the base there is nothing to compare", async (t) => {
  const { folder, fork, git } = repository(t);
  git("switch", "--quiet", "--detach", fork);
  assert.deepEqual(await baseOf(undefined, folder), { leftOut: `HEAD is the base, ${fork.slice(0, 7)}` });
});

test("where there is no main the reason says what to do", async (t) => {
  const { folder, git } = repository(t);
  git("branch", "--quiet", "-D", "main");
  const base = await baseOf(undefined, folder);
  assert.match("leftOut" in base ? base.leftOut : "", /no main to compare with; name a commit with --base/);
});

for (const wrong of ["no-such-ref", "--upload-pack=x", "node server.mjs"]) {
  test(`--base "${wrong}" is wrong usage`, async (t) => {
    await assert.rejects(baseOf(wrong, repository(t).folder), {
      code: "USAGE",
      message: `--base "${wrong}" is no commit here; a shallow clone has few (CI: fetch-depth: 0)`,
    });
  });
}
