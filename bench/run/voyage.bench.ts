/**
 * What `plimsoll run` itself costs: its share of a core beside k6 and the target, and how long a user waits from a warm
 * `npm start` to the first request. Prints both against their targets; exits 1 when one is missed.
 *
 *   npm run bench:voyage      about 40 s, on the default ports
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT } from "../paths.ts";
import { runSchema } from "../results/run-schema.ts";
import { scrape } from "./scrape.ts";

const MAX_CORES = 0.1;
const MAX_FIRST_REQUEST_S = 3;
const TRIALS = 3;

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${process.platform}`);
const waits: number[] = [];
for (let i = 0; i < TRIALS; i++) waits.push(await secondsToFirstRequest());
const wait = waits.sort((a, b) => a - b)[Math.floor(TRIALS / 2)] as number;
const cores = await coresOfBench();

const rows = [
  {
    what: `npm start, warm, to the first request (median of ${TRIALS})`,
    got: wait,
    limit: MAX_FIRST_REQUEST_S,
    unit: "s",
  },
  {
    what: "plimsoll run beside 1,000 req/s, mean",
    got: cores * 100,
    limit: MAX_CORES * 100,
    unit: "% of a core",
  },
];
for (const { what, got, limit, unit } of rows) {
  const state = got < limit ? "met" : "MISSED";
  console.log(`${what.padEnd(54)} ${got.toFixed(1).padStart(5)} ${unit}, < ${limit}: ${state}`);
  if (got >= limit) process.exitCode = 1;
}

async function secondsToFirstRequest(): Promise<number> {
  const startedMs = performance.now();
  const child = spawn("npm", ["start"], { cwd: ROOT, stdio: "ignore", detached: true });
  try {
    while (performance.now() - startedMs < 60_000) {
      const told = await scrape("http://127.0.0.1:9464");
      if ((told?.requests ?? 0) > 0) return (performance.now() - startedMs) / 1000;
      await delay(10);
    }
    throw new Error("npm start made no request within a minute");
  } finally {
    await interrupt(child);
  }
}

async function interrupt(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-(child.pid as number), "SIGINT");
  await ended;
  // npm may end before what it started; the next trial needs the ports.
  while (await scrape("http://127.0.0.1:9464")) await delay(50);
}

async function coresOfBench(): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  try {
    const args = [
      join(ROOT, "bench", "main.ts"),
      "run",
      "basic-load",
      "--profile",
      "smoke",
      "--rate",
      "1000",
      "--out",
      out,
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
    await new Promise((resolve) => child.once("exit", resolve));
    const [run] = readdirSync(out);
    const text = readFileSync(join(out, run as string, "run.json"), "utf8");
    const { generator } = runSchema.parse(JSON.parse(text));
    if (!generator.benchCpuCores) throw new Error("the run has no figures about plimsoll itself");
    return generator.benchCpuCores.avg;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
