import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Run, runSchema } from "../bench/results/run-schema.ts";

export const ROOT = join(import.meta.dirname, "..");

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test's results, gone when the test is. */
export function resultsFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment as a user has it: in CI a run that fails would be repeated, and a test is about one run. */
export const AT_A_TERMINAL: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== "CI"),
);

/** Starts the command as a user would, in a process of its own. */
export function start(
  t: TestContext,
  args: readonly string[],
  cwd = ROOT,
  env = AT_A_TERMINAL,
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [join(ROOT, "bench", "main.ts"), ...args], { cwd, env });
  t.after(() => child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const outcome = new Promise<Outcome>((resolve) =>
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr })),
  );
  return { child, outcome };
}

/** Waits until the command says something on stderr; fails when it ends before that. */
export function said(child: ChildProcess, text: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = "";
    child.stderr?.on("data", (chunk) => {
      all += chunk;
      if (text.test(all)) resolve();
    });
    child.once("close", () => reject(new Error(`ended without saying ${text}: ${all}`)));
  });
}

export async function plimsoll(t: TestContext, ...args: string[]): Promise<Outcome> {
  return start(t, args).outcome;
}

/** Runs a scenario of a few seconds on free ports; gives back what it left and how it ended. */
export async function runScenario(
  t: TestContext,
  scenario: string,
  ...flags: string[]
): Promise<Outcome & { run: Run; folder: string }> {
  const out = resultsFolder(t);
  const ports = flags.some((flag) => flag === "--url" || flag === "--port-base") ? [] : ["--port-base", "0"];
  const outcome = await plimsoll(t, "run", scenario, "--profile", "smoke", ...ports, "--out", out, ...flags);
  return { ...outcome, ...onlyRun(out, outcome) };
}

/** The one run in a results folder. */
export function onlyRun(out: string, { stderr }: Pick<Outcome, "stderr">): { run: Run; folder: string } {
  const [name, ...others] = readdirSync(out);
  if (name === undefined || others.length > 0) throw new Error(`not one run in ${out}: ${stderr}`);
  const folder = join(out, name);
  return { folder, run: runIn(folder) };
}

export function runIn(folder: string): Run {
  return runSchema.parse(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")));
}
