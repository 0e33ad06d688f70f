/**
 * The set-up on machines that lack something: what it says, what it does twice, what it does after an interruption.
 * It is run on a small copy of the checkout; npm and go are stand-ins here, because what is tested is a machine on which
 * they are missing, old, or fail. That the real ones work, every other test shows.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { ROOT } from "../plimsoll.ts";

interface Machine {
  readonly checkout: string;
  readonly setUp: (...flags: string[]) => Promise<{ exitCode: number | null; said: string }>;
  readonly tool: (name: string, script: string) => void;
  /** How often a stand-in was called. */
  readonly calls: (name: string) => number;
}

const NPM = `mkdir -p node_modules/.bin node_modules/commander
printf '#!/bin/sh\\nmkdir -p dist/pages && touch dist/basic-load.js dist/pages/flame-graph.js\\n' > node_modules/.bin/node
chmod +x node_modules/.bin/node`;
const GO = `case "$1" in
version) echo "go version go1.26.0 linux/amd64";;
build) while [ "$1" != "-o" ]; do shift; done; touch "$2";;
esac`;

function machine(t: TestContext): Machine {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-set-up-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const checkout = join(folder, "checkout");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const path of [
    "build/setup.mjs",
    "build/bundle.ts",
    "build/k6/go.mod",
    "build/k6/main.go",
    "scenarios/plans.ts",
    "wire/ilp.ts",
    "bench/profile/browser/flame-graph.ts",
  ]) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    cpSync(join(ROOT, path), join(checkout, path));
  }
  mkdirSync(join(checkout, "targets"));
  cpSync(join(ROOT, "package-lock.json"), join(checkout, "package-lock.json"));
  const tool = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\necho x >> "${folder}/${name}.calls"\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  tool("npm", NPM);
  tool("go", GO);
  const setUp = (...flags: string[]) => {
    // /bin and /usr/bin for sh and touch; a real go or npm there would be shadowed by the stand-ins.
    const env = {
      PATH: [bin, "/usr/bin", "/bin"].join(delimiter),
      HOME: folder,
      PLIMSOLL_CHROMIUM: "/bin/sh",
      PLIMSOLL_INFLUXD: "/bin/sh",
    };
    const command = [join(checkout, "build", "setup.mjs"), ...flags];
    const child = spawn(process.execPath, command, { cwd: checkout, env });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    return new Promise<{ exitCode: number | null; said: string }>((resolve) =>
      child.once("close", (exitCode) => resolve({ exitCode, said })),
    );
  };
  const calls = (name: string) => {
    const file = join(folder, `${name}.calls`);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  };
  return { checkout, setUp, tool, calls };
}

test("the second set-up does nothing and says nothing", async (t) => {
  const { setUp, calls } = machine(t);
  const first = await setUp();
  assert.equal(first.exitCode, 0, first.said);
  const before = [calls("npm"), calls("go")];
  assert.deepEqual(await setUp(), { exitCode: 0, said: "" });
  assert.deepEqual([calls("npm"), calls("go")], before);
});

test("what only the tests need is made for them, once", async (t) => {
  const { checkout, setUp, calls } = machine(t);
  await setUp();
  assert.ok(!existsSync(join(checkout, ".cache", "k6-stock")));
  const { exitCode, said } = await setUp("--test");
  assert.equal(exitCode, 0, said);
  assert.match(said, /^set-up: stock k6: go build\n/);
  assert.ok(existsSync(join(checkout, ".cache", "k6-stock")));
  const before = calls("go");
  assert.deepEqual(await setUp("--test"), { exitCode: 0, said: "" });
  assert.equal(calls("go"), before);
});

test("a changed source is made again, and only that", async (t) => {
  const { checkout, setUp, calls } = machine(t);
  await setUp();
  const npmBefore = calls("npm");
  writeFileSync(join(checkout, "build", "k6", "main.go"), "package main // changed\n");
  const { said } = await setUp();
  assert.match(said, /^set-up: k6: go build/);
  assert.doesNotMatch(said, /dependencies|bundles/);
  assert.equal(calls("npm"), npmBefore);
});

test("a changed wire format is bundled again", async (t) => {
  const { checkout, setUp } = machine(t);
  await setUp();
  writeFileSync(join(checkout, "wire", "ilp.ts"), "// changed\n");
  assert.match((await setUp()).said, /^set-up: bundles: done/);
});

test("what was deleted by hand is made again", async (t) => {
  const { checkout, setUp } = machine(t);
  await setUp();
  rmSync(join(checkout, ".cache", "k6"));
  assert.match((await setUp()).said, /k6: done/);
  assert.ok(existsSync(join(checkout, ".cache", "k6")));
});

test("a step that was interrupted is done again", async (t) => {
  const { setUp, tool } = machine(t);
  tool("npm", `mkdir -p node_modules/.bin && touch node_modules/.bin/node; kill -INT $$`);
  const cut = await setUp();
  assert.equal(cut.exitCode, 1);
  assert.match(cut.said, /npm ci was stopped; the next set-up does it again/);
  tool("npm", NPM);
  assert.match((await setUp()).said, /dependencies: done/);
});

for (const [what, name, script, line] of [
  [
    "an old Go",
    "go",
    `echo "go version go1.22.1 linux/amd64"`,
    /Go 1\.22 is too old: k6 needs Go 1\.25 or newer/,
  ],
  [
    "a full disk",
    "npm",
    `echo "npm error ENOSPC: no space left on device" >&2; exit 1`,
    /npm ci: the disk is full/,
  ],
  [
    "no network",
    "npm",
    `echo "npm error request failed, reason: getaddrinfo ENOTFOUND" >&2; exit 1`,
    /a package registry cannot be reached/,
  ],
  [
    "a compiler's error",
    "go",
    `[ "$1" = version ] && echo "go version go1.26.0 x" && exit; echo "main.go:1: boom" >&2; exit 2`,
    /go build ended with 2: main\.go:1: boom \(all of it in .*setup\.log\)/,
  ],
] as const) {
  test(`${what} is told in one line, exit code 1`, async (t) => {
    const { setUp, tool } = machine(t);
    tool(name, script);
    const { exitCode, said } = await setUp();
    assert.equal(exitCode, 1);
    const last = said.trim().split("\n").at(-1) ?? "";
    assert.match(last, line);
    assert.doesNotMatch(said, /\n\s+at /, "no stack");
  });
}

test("a set-up that died leaves no lock that holds the next one", async (t) => {
  const { checkout, setUp } = machine(t);
  mkdirSync(join(checkout, ".cache", "setup.lock"), { recursive: true });
  // No process has this number: the kernel's own limit is lower.
  writeFileSync(join(checkout, ".cache", "setup.lock", "pid"), "99999999");
  const { exitCode, said } = await setUp();
  assert.equal(exitCode, 0, said);
});
