#!/usr/bin/env node
/**
 * The `plimsoll` command. It first makes sure that the checkout is set up and its bundles are current (50 ms when they
 * are), so that k6 runs the plan the judge reads; then its program, TypeScript, goes on under Node 24, the lockfile's
 * own where an older one started this.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const main = join(root, "bench", "main.ts");
const node = join(root, "node_modules", ".bin", "node");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

followNpm();
const setUp = await run(process.execPath, [join(root, "build", "setup.mjs")], ["ignore", 2, 2]);
if (setUp !== 0) {
  // doctor is there to say what is wrong, once there is anything it can run with.
  if (process.argv[2] !== "doctor" || !existsSync(node)) process.exit(setUp);
  process.env.PLIMSOLL_SET_UP = "failed";
}
if (Number(process.versions.node.split(".")[0]) >= 24) await import(main);
else process.exit(await run(node, [main, ...process.argv.slice(2)], "inherit"));

/** Runs a program to its end, and gives its exit code. What asks us to end asks it: it decides what that means. */
function run(program, args, stdio) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio });
    const pass = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, pass);
    const settle = (code) => {
      for (const signal of SIGNALS) process.off(signal, pass);
      resolve(code);
    };
    child.once("error", (error) => {
      process.stderr.write(`plimsoll: ${program} cannot be started: ${error.message}\n`);
      settle(1);
    });
    child.once("exit", (code) => settle(code ?? 1));
  });
}

/**
 * npx and npm pass SIGTERM on to their shell, not to us; the system then gives us another parent. A script of the user's
 * own (npm run) may leave us in the background on purpose.
 */
function followNpm() {
  if (!["exec", "start"].includes(process.env.npm_command)) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  timer.unref();
}
