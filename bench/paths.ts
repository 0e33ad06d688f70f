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
 * Flags of Node for each bundled target.
 *
 * The HTTP connector is one process on one core, and its memory is part of the SLA:
 * - `--single-threaded-gc`, `--v8-pool-size=1`: one helper thread, which compiles. With four the process holds 5 MB more;
 *   with none (`--single-threaded`) a hot function is compiled in the way of requests, seen as a stall of 100 ms.
 * - `--no-maglev`, `--optimize-for-size`: no middle compiler and smaller code, for a few percent more CPU.
 *
 * The Interledger connector has memory to use and a p99 of 10 ms to hold: room for young objects, so that packets under way
 * do not grow old, and the long collections that those lead to are few.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  connector: ["--single-threaded-gc", "--v8-pool-size=1", "--no-maglev", "--optimize-for-size"],
  ilp: ["--min-semi-space-size=16", "--max-semi-space-size=32"],
};

/** What starts a bundled target: Node, with these flags, on its bundle. */
export function targetProgram(target: string): readonly string[] {
  return [...nodeFlagsOf(target), targetBundle(target)];
}

export function nodeFlagsOf(target: string): readonly string[] {
  return FLAGS[target] ?? [];
}

export function targetBundle(target: string): string {
  return join(ROOT, "dist", "targets", `${target}.mjs`);
}

/** Names of the bundled targets. */
export function targetNames(): string[] {
  return readdirSync(join(ROOT, "targets")).filter((name) =>
    existsSync(join(ROOT, "targets", name, "main.ts")),
  );
}
