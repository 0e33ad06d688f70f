import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { repeatCommand } from "./repeat.ts";
import { sample } from "./testing/sample.ts";

const { run } = sample("basic-load", { seconds: 1 });
const bare = { ...run, plan: { ...run.plan, overrides: {} } };

test("the bundled target needs no more than scenario and profile", () => {
  assert.equal(repeatCommand(bare), "npx plimsoll run basic-load --profile smoke");
});

test("what was turned on the command line is turned again", () => {
  const turned = { ...run, plan: { ...run.plan, overrides: { rate: 200, seconds: 60 } } };
  assert.equal(repeatCommand(turned), "npx plimsoll run basic-load --profile smoke --rate 200 --seconds 60");
  const command = "node targets/connector/main.ts --fault latency=200ms";
  assert.equal(
    repeatCommand({ ...bare, target: { ...bare.target, command } }),
    "npx plimsoll run basic-load --profile smoke --fault latency=200ms",
  );
});

test("what the script was told is named, and its value is for the user to say again", () => {
  const told = { ...bare, plan: { ...bare.plan, env: ["HUB", "TOKEN"] } };
  assert.equal(repeatCommand(told), "npx plimsoll run basic-load --profile smoke -e HUB=... -e TOKEN=...");
});

test("a shell reads back exactly the words of a hostile command and address", () => {
  const command = "node 'a b.js' $(touch /nowhere) `id` \"; rm -rf x\n";
  const url = "http://127.0.0.1:8090/?a=1&b='2'";
  const line = repeatCommand({ ...bare, target: { ...bare.target, kind: "command", command, url } });
  const script = `set -- ${line}; for word in "$@"; do printf '%s\\0' "$word"; done`;
  const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
  assert.deepEqual(words.slice(-4), ["--target-cmd", command, "--url", url]);
});
