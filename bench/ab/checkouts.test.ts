import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openCheckouts } from "./checkouts.ts";
import { nameOf, sourceOf } from "./source.ts";

const IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@localhost"];

/** A repository with two commits of a lock file, and packages of the second one. */
function repository(t: TestContext) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-repository-")));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", [...IDENTITY, ...args], { cwd, encoding: "utf8" }).trim();
  git("init", "--quiet", "--initial-branch=main");
  const commit = (version: string) => {
    writeFileSync(join(cwd, "version.txt"), version);
    writeFileSync(join(cwd, "package-lock.json"), '{"lockfileVersion":3,"packages":{}}\n');
    git("add", ".");
    git("commit", "--quiet", "-m", version);
    return git("rev-parse", "HEAD");
  };
  const shas = [commit("one"), commit("two")] as const;
  mkdirSync(join(cwd, "node_modules"));
  const worktrees = () => git("worktree", "list").split("\n").length;
  return { cwd, shas, worktrees, log: join(cwd, ".git", "log.txt") };
}

test("each commit gets a folder of its own, with our packages where the lock file is the same; all go away", async (t) => {
  const { cwd, shas, worktrees, log } = repository(t);
  const checkouts = openCheckouts(cwd, false, log);
  const [one, two, again] = [
    await checkouts.of(shas[0]),
    await checkouts.of(shas[1]),
    await checkouts.of(shas[0]),
  ];
  assert.equal(one, again);
  assert.equal(readFileSync(join(one, "version.txt"), "utf8"), "one");
  assert.equal(readFileSync(join(two, "version.txt"), "utf8"), "two");
  assert.ok(lstatSync(join(one, "node_modules")).isSymbolicLink());
  assert.equal(readlinkSync(join(one, "node_modules")), join(cwd, "node_modules"));
  assert.equal(worktrees(), 3);
  checkouts.remove();
  checkouts.remove();
  assert.equal(worktrees(), 1);
  assert.ok(!existsSync(one) && !existsSync(two) && existsSync(join(cwd, "node_modules")));
});

test("what is not committed yet can be checked out too, as git stash create makes it", async (t) => {
  const { cwd, log } = repository(t);
  writeFileSync(join(cwd, "version.txt"), "three");
  const sha = execFileSync("git", [...IDENTITY, "stash", "create"], { cwd, encoding: "utf8" }).trim();
  const source = await sourceOf(sha, cwd);
  const checkouts = openCheckouts(cwd, false, log);
  assert.ok(source.kind === "ref");
  assert.equal(readFileSync(join(await checkouts.of(source.sha), "version.txt"), "utf8"), "three");
  assert.equal(readFileSync(join(cwd, "version.txt"), "utf8"), "three");
  checkouts.remove();
});

test("what a killed one left is taken away by the next one", async (t) => {
  const { cwd, shas, worktrees, log } = repository(t);
  const program = `
    const { openCheckouts } = await import(${JSON.stringify(join(import.meta.dirname, "checkouts.ts"))});
    await openCheckouts(${JSON.stringify(cwd)}, false, ${JSON.stringify(log)}).of(${JSON.stringify(shas[0])});
    process.kill(process.pid, "SIGKILL");`;
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "-e", program]).signal, "SIGKILL");
  assert.equal(worktrees(), 2);
  const checkouts = openCheckouts(cwd, false, log);
  assert.equal(worktrees(), 1);
  checkouts.remove();
});

test("so is what one left that git does not know, and nothing that is in use or of others", (t) => {
  const { cwd, log } = repository(t);
  const { TMPDIR } = process.env;
  t.after(() => (TMPDIR === undefined ? delete process.env.TMPDIR : Object.assign(process.env, { TMPDIR })));
  process.env.TMPDIR = join(cwd, ".git", "tmp");
  const { pid: dead } = spawnSync(process.execPath, ["-e", ""]);
  const made = [
    `plimsoll-ab-${dead}-aaaaaa`,
    `plimsoll-ab-${process.pid}-bbbbbb`,
    `plimsoll-ab-${process.ppid}-cccccc`,
    `other-plimsoll-ab-${dead}-dddddd`,
    "plimsoll-ab-notes",
  ];
  for (const name of made) {
    mkdirSync(join(process.env.TMPDIR, name, "0123456789ab"), { recursive: true });
    writeFileSync(join(process.env.TMPDIR, name, "0123456789ab", ".git"), "gitdir: /gone");
  }
  openCheckouts(cwd, false, log).remove();
  assert.deepEqual(readdirSync(process.env.TMPDIR).sort(), made.slice(1).sort());
});

test("a folder that was pruned from git's list by others goes too", async (t) => {
  const { cwd, shas, worktrees, log } = repository(t);
  const program = `
    const { openCheckouts } = await import(${JSON.stringify(join(import.meta.dirname, "checkouts.ts"))});
    console.log(await openCheckouts(${JSON.stringify(cwd)}, false, ${JSON.stringify(log)}).of(${JSON.stringify(shas[0])}));
    process.kill(process.pid, "SIGKILL");`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  const left = stdout.trim();
  assert.ok(existsSync(left));
  rmSync(join(cwd, ".git", "worktrees"), { recursive: true });
  assert.equal(worktrees(), 1);
  openCheckouts(cwd, false, log).remove();
  assert.ok(!existsSync(left) && !existsSync(join(left, "..")));
});

test("a crash takes its checkouts along", async (t) => {
  const { cwd, shas, worktrees, log } = repository(t);
  const program = `
    const { openCheckouts } = await import(${JSON.stringify(join(import.meta.dirname, "checkouts.ts"))});
    console.log(await openCheckouts(${JSON.stringify(cwd)}, false, ${JSON.stringify(log)}).of(${JSON.stringify(shas[0])}));
    throw new Error("crash");`;
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.notEqual(stdout.trim(), "");
  assert.ok(!existsSync(stdout.trim()));
  assert.equal(worktrees(), 1);
});

test("A and B are read as they are written: white space makes a command, a ref is looked up", async (t) => {
  const { cwd, shas } = repository(t);
  assert.deepEqual(await sourceOf("node server.mjs", cwd), { kind: "command", command: "node server.mjs" });
  const main = await sourceOf("main", cwd);
  assert.deepEqual(main, { kind: "ref", ref: "main", sha: shas[1] });
  assert.equal(nameOf(main), `main (${shas[1].slice(0, 7)})`);
  assert.equal(nameOf(await sourceOf(shas[0].slice(0, 9), cwd)), shas[0].slice(0, 7));
  assert.equal(((await sourceOf("main~1", cwd)) as { sha: string }).sha, shas[0]);
  for (const wrong of ["nothing", "--help", "main:version.txt"])
    await assert.rejects(sourceOf(wrong, cwd), {
      code: "USAGE",
      message: new RegExp(`^"${wrong}" is no git ref of`),
    });
  await assert.rejects(sourceOf(" ", cwd), { code: "USAGE" });
  await assert.rejects(sourceOf("main", tmpdir()), { code: "USAGE" });
});

test("a ref that a shallow clone does not have is told with what brings it", async (t) => {
  const { cwd, shas } = repository(t);
  const clone = join(cwd, ".git", "clone");
  execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${cwd}`, clone]);
  for (const ref of ["HEAD~1", shas[0]])
    await assert.rejects(sourceOf(ref, clone), {
      code: "USAGE",
      message: new RegExp(`^"${ref}" is not in this clone, which is shallow: git fetch --unshallow `),
    });
  assert.equal(((await sourceOf("HEAD", clone)) as { sha: string }).sha, shas[1]);
});

test("a commit that cannot be bundled is told by its error, not by the version of Node below it", async (t) => {
  const { cwd, log } = repository(t);
  mkdirSync(join(cwd, "build"));
  mkdirSync(join(cwd, "targets", "connector"), { recursive: true });
  writeFileSync(join(cwd, "build", "bundle.ts"), 'throw new Error("no entry point");');
  writeFileSync(join(cwd, "targets", "connector", "main.ts"), "");
  const git = (...args: string[]) => execFileSync("git", [...IDENTITY, ...args], { cwd, encoding: "utf8" });
  git("add", ".");
  git("commit", "--quiet", "-m", "broken");
  const sha = git("rev-parse", "HEAD").trim();
  const checkouts = openCheckouts(cwd, true, log);
  await assert.rejects(checkouts.of(sha), {
    message: `cannot bundle ${sha.slice(0, 7)}: Error: no entry point`,
  });
  checkouts.remove();
});
