import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ROOT } from "../plimsoll.ts";
import { stockK6 } from "./stock-k6.ts";

export interface RawK6 {
  /** Of dist/. */
  readonly script: string;
  /** For `--out`. */
  readonly out: string;
  /** For `-e`. */
  readonly tell: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How it ends: well, unless said; 99 is a threshold that was crossed. */
  readonly exitCodes?: readonly number[];
}

/** `k6 run` of one of our scripts with an output of k6's own, in stock k6; gives back what it printed. */
export async function rawK6(t: TestContext, options: RawK6): Promise<string> {
  const { script, out, tell, flags = [], env = {}, exitCodes = [0] } = options;
  const pairs = Object.entries({ PROFILE: "smoke", ...tell }).flatMap(([key, value]) => [
    "-e",
    `${key}=${value}`,
  ]);
  const child = spawn(
    stockK6(),
    ["run", "--quiet", "--out", out, ...flags, ...pairs, join(ROOT, "dist", `${script}.js`)],
    { env: { ...process.env, K6_NO_USAGE_REPORT: "true", ...env } },
  );
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  assert.ok(exitCode !== null && exitCodes.includes(exitCode), `k6 ended with ${exitCode}: ${output}`);
  return output;
}
