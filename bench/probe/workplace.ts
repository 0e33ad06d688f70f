import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { killAll } from "../run/child.ts";
import { Interrupts } from "../run/interrupts.ts";

/** Where a benchmark works. */
export interface Workplace {
  /** For whatever it writes; gone when it is over, however it ends. */
  readonly folder: string;
  readonly interrupts: Interrupts;
  /** BTP port of the network under load. */
  readonly portBase: number;
}

/** Thrown where work stops because of Ctrl-C. */
export class Stopped extends Error {}

/**
 * Does the work of a benchmark: after a set-up, so that what is measured is what the sources say, and so that nothing of
 * it stays. Sets the exit code: 130 after Ctrl-C, a Failure's own in one line.
 */
export async function atWork(portBase: number, work: (place: Workplace) => Promise<void>): Promise<void> {
  const setUp = spawnSync(process.execPath, [join(ROOT, "build", "setup.mjs")], {
    stdio: ["ignore", 2, 2],
  });
  if (setUp.status !== 0) {
    process.exitCode = setUp.status ?? 1;
    return;
  }
  // In the checkout, not among the system's temporary files: those may be in memory, where a ledger costs nothing.
  const folder = mkdtempSync(join(ROOT, ".cache", "bench-"));
  // What was killed a moment ago may still write.
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
  const interrupts = new Interrupts(process.stderr, "killed");
  const hint = () => process.stderr.write("\nstopping; Ctrl-C again kills everything\n");
  process.once("SIGINT", hint);
  interrupts.onFirst(killAll);
  try {
    await work({ folder, interrupts, portBase });
  } catch (error) {
    if (error instanceof Stopped || interrupts.requested) process.exitCode = 130;
    else if (error instanceof Failure) {
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else throw error;
  } finally {
    process.off("SIGINT", hint);
    interrupts.release();
  }
}
