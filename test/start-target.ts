import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { targetProgram } from "../bench/paths.ts";

/** Starts a bundled target for a test; gives the address of each of its variants. */
export async function startTarget(
  t: TestContext,
  target: string,
  ...flags: string[]
): Promise<Record<string, string>> {
  const child = spawn(process.execPath, [...targetProgram(target), "--exit-with-parent", ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(() => child.kill("SIGTERM"));
  for await (const line of createInterface({ input: child.stdout })) {
    return (JSON.parse(line) as { urls: Record<string, string> }).urls;
  }
  throw new Error("the target ended before it was ready");
}
