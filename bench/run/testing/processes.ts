/** Small real processes to start, watch and kill, and how to wait for what they do. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";

/** A safety net, and not part of any test. */
const DEADLINE_MS = 20_000;
const POLL_MS = 5;

/** Waits until `what` gives something; throws when it does not within twenty seconds. */
export async function until<T>(what: () => T | undefined | null | false, says: string): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = what();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${says}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** True while a process runs; one that is over and only waits to be collected by its parent does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    // It went meanwhile, or this system has no /proc.
    return !existsSync("/proc/self/stat");
  }
}

/** The first line of a stream. */
export async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error("the stream ended without a line");
}

/** Runs a script in a Node of its own; gone when the test is. */
export function startNode(t: TestContext, script: string) {
  const child = spawn(process.execPath, ["-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  t.after(() => {
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // It ended by itself.
    }
  });
  return child;
}

/** A script that starts another, which prints its own pid on the same stdout, and then goes on with `rest`. */
export function withGrandchild(grandchild: string, rest: string): string {
  return `
    require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" });
    ${rest}`;
}
