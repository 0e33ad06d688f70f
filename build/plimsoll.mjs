#!/usr/bin/env node
/**
 * The `plimsoll` command. It first makes sure that the checkout is set up and its bundles are current (50 ms when they
 * are), so that k6 runs the plan the judge reads; then its program, TypeScript, goes on under Node 24, the lockfile's
 * own where an older one started this.
 */
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const main = join(root, "bench", "main.ts");
const setup = spawnSync(process.execPath, [join(root, "build", "setup.mjs")], { stdio: ["ignore", 2, 2] });
if (setup.status !== 0) {
  // doctor is there to say what is wrong.
  if (process.argv[2] !== "doctor") process.exit(setup.status ?? 1);
  process.env.PLIMSOLL_SET_UP = "failed";
}

followNpm();
if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import(main);
} else {
  const node = join(root, "node_modules", ".bin", "node");
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both, and what comes twice at once counts once; `kill` reaches only us.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

/** npm passes SIGTERM on to its shell, not to us; the system then gives us another parent. */
function followNpm() {
  if (!process.env.npm_command) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 250).unref();
}
