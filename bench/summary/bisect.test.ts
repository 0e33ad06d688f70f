import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { between, bisectCommands } from "./bisect.ts";

const commit = (sha: string) => ({ sha, dirty: false });

test("commits to search between are two that differ", () => {
  assert.deepEqual(between(commit("a".repeat(40)), commit("b".repeat(40))), {
    good: "a".repeat(12),
    bad: "b".repeat(12),
  });
  assert.equal(between(commit("a"), commit("a")), undefined);
  assert.equal(between(null, commit("a")), undefined);
});

test("real git finds the commit by the recipe, skips what cannot be told, and checks nothing out", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bisect-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
  git("init", "--quiet");
  const shas = Array.from({ length: 9 }, (_, i) => {
    git("commit", "--quiet", "--allow-empty", "--message", `commit ${i}`);
    return git("rev-parse", "HEAD");
  });
  // In place of `npx plimsoll ab <good> <ref>`: slower from commit 5 on; of commit 4 it cannot tell, and exits 0.
  const npx = join(folder, "npx");
  const at = '$(git log -1 --format=%s "$4")';
  writeFileSync(
    npx,
    `#!/bin/sh\nsay() { echo '{"schema":1,"verdict":"'$1'","exitCode":'$2'}'; exit $2; }\ncase "${at}" in *4) say inconclusive 0;; *[01]) say faster 0;; *[23]) say same 0;; *5) say fail 99;; *) say slower 3;; esac\n`,
  );
  chmodSync(npx, 0o755);
  const commands = bisectCommands({ good: shas[0] ?? "", bad: shas[8] ?? "" }, "basic-load");
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const said = commands.map((command) =>
    spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" }),
  );
  const [ab, start, run, reset] = said;
  assert.deepEqual([ab?.status, start?.status, reset?.status], [3, 0, 0], start?.stderr);
  // Commit 4 was skipped, so git says that it is 4 or 5.
  const [, last = ""] = run?.stdout.split("could be any of:") ?? [];
  assert.deepEqual(
    shas.map((sha) => last.includes(sha)),
    shas.map((_, i) => i === 4 || i === 5),
    run?.stdout,
  );
  assert.equal(git("rev-parse", "HEAD"), shas[8]);
});
