/** A reader that goes away, as `| head` does, costs the words and nothing else. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../plimsoll.ts";

for (const [args, exitCode] of [
  [["run", "--help"], 0],
  [["list"], 0],
  [["no-such-command"], 2],
] as const) {
  test(`plimsoll ${args.join(" ")} whose output nobody reads still exits ${exitCode}`, async () => {
    const child = spawn(process.execPath, [join(ROOT, "bench", "main.ts"), ...args]);
    child.stdout.destroy();
    child.stderr.destroy();
    assert.deepEqual(await once(child, "exit"), [exitCode, null]);
  });
}
