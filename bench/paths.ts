import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "..");

/** The k6 that `npm run setup` built, or the one K6_BIN names. */
export function k6Binary(): string {
  return process.env.K6_BIN || join(ROOT, ".cache", "k6");
}

/** The bundle of a scenario that k6 runs. */
export function bundleOf(scenario: string): string {
  return join(ROOT, "dist", `${scenario}.js`);
}

/**
 * What starts a bundled target: Node with these flags on its bundle.
 * - `--single-threaded`: V8 compiles and collects on the main thread. A target is one process on one core here, and
 *   its helper threads would take the core k6 runs on: 15 % less CPU and 10 MB less at 1,000 requests/s, measured.
 * - `--no-maglev`: without the middle compiler's code, another 10 MB less for 5 % more CPU.
 */
export function targetProgram(target: string): readonly string[] {
  return ["--single-threaded", "--no-maglev", join(ROOT, "dist", "targets", `${target}.mjs`)];
}

/** Names of the bundled targets. */
export function targetNames(): string[] {
  return readdirSync(join(ROOT, "targets")).filter((name) =>
    existsSync(join(ROOT, "targets", name, "main.ts")),
  );
}
