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
 * What starts a bundled target: Node with these flags on its bundle. A target is one process on one core here, and its
 * memory is part of the SLA.
 * - `--single-threaded-gc`, `--v8-pool-size=1`: one helper thread, which compiles. With four the process holds 5 MB more;
 *   with none (`--single-threaded`) a hot function is compiled in the way of requests, seen as a stall of 100 ms.
 * - `--no-maglev`, `--optimize-for-size`: no middle compiler and smaller code, for a few percent more CPU.
 */
export function targetProgram(target: string): readonly string[] {
  const bundle = join(ROOT, "dist", "targets", `${target}.mjs`);
  return ["--single-threaded-gc", "--v8-pool-size=1", "--no-maglev", "--optimize-for-size", bundle];
}

/** Names of the bundled targets. */
export function targetNames(): string[] {
  return readdirSync(join(ROOT, "targets")).filter((name) =>
    existsSync(join(ROOT, "targets", name, "main.ts")),
  );
}
