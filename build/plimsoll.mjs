#!/usr/bin/env node
/**
 * The `plimsoll` command. Its program is TypeScript for Node 24; on a checkout that is not set up yet, or under an
 * older Node, it sets up first and goes on under the Node that the lockfile brings.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const main = join(root, "bench", "main.ts");
const ready = existsSync(join(root, "node_modules", "commander"));

if (ready && Number(process.versions.node.split(".")[0]) >= 24) {
  await import(main);
} else {
  const setup = spawnSync(process.execPath, [join(root, "build", "setup.mjs")], { stdio: ["ignore", 2, 2] });
  if (setup.status !== 0) process.exit(setup.status ?? 1);
  const node = join(root, "node_modules", ".bin", "node");
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
