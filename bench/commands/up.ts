import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import type { Scenario } from "../../scenarios/lib/plan.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { Failure } from "../failure.ts";
import { ROOT, targetNames, targetProgram } from "../paths.ts";
import { Child } from "../run/child.ts";
import { Interrupts } from "../run/interrupts.ts";
import { boundLog, tailOf } from "../run/log-file.ts";
import { fromHere } from "../run/voyage.ts";

export function addUp(program: Command): void {
  program
    .command("up")
    .summary("start a bundled target and leave it running")
    .description("Starts a bundled target for ad-hoc loads with plain k6; Ctrl-C stops it.")
    .argument("<target>", `which: ${targetNames().join(", ")}`)
    .argument("[flags...]", "flags of the target itself, behind --")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll up connector
  npx plimsoll up connector --fault latency=50ms,jitter=20ms
  npx plimsoll up ilp --nodes 5             a network of five Interledger connectors
  npx plimsoll up connector --help          the target's own flags
Then, elsewhere:
  k6 run -e PROFILE=smoke dist/stress.js`,
    )
    .action(up);
}

/** A target logs a line a call; on the terminal they would bury everything else. */
function logFileOf(target: string): string {
  return join(ROOT, ".cache", `up-${target}.log`);
}

async function up(target: string, flags: readonly string[]): Promise<void> {
  if (!targetNames().includes(target)) {
    throw new Failure("USAGE", `there is no target "${target}"; there is ${targetNames().join(", ")}`);
  }
  const logFile = logFileOf(target);
  writeFileSync(logFile, "");
  // Appending, so that a log that was emptied goes on from its start.
  const log = openSync(logFile, "a");
  const wantsHelp = flags.includes("--help") || flags.includes("-h");
  const args = [...targetProgram(target), "--exit-with-parent", ...flags];
  const child = new Child(process.execPath, args, { stdio: ["ignore", wantsHelp ? "inherit" : "pipe", log] });
  closeSync(log);
  if (child.process.stdout) {
    createInterface({ input: child.process.stdout }).on("line", (line) =>
      process.stdout.write(introduce(line, fromHere(logFile), scenarioFor(target, flags))),
    );
  }
  const bounding = setInterval(() => boundLog(logFile), 1000);
  const interrupts = new Interrupts(process.stderr, "killed before it had finished what it had begun");
  // It finishes what it has begun.
  interrupts.onFirst(() => child.signal("SIGTERM"));
  const exitCode = (await child.ended).exitCode ?? 1;
  clearInterval(bounding);
  interrupts.release();
  if (exitCode !== 0) for (const line of tailOf(logFile, 3)) process.stderr.write(`${line}\n`);
  process.exitCode = exitCode;
}

/** The scenario to load a target with that was started so: a network of five has one of its own. */
function scenarioFor(target: string, flags: readonly string[]): string {
  const wants = ({ targetFlags = [] }: Scenario) => targetFlags;
  const [first] = Object.values(SCENARIOS)
    .filter((one) => one.target === target && wants(one).every((flag) => flags.includes(flag)))
    .sort((a, b) => wants(b).length - wants(a).length);
  return first?.name ?? "stress";
}

/** The ready line for people; any other line as it is. On a pipe the ready line stays JSON, for scripts. */
function introduce(line: string, logFile: string, scenario: string): string {
  if (!process.stdout.isTTY) return `${line}\n`;
  try {
    const { ready, urls, env, admin, grpc } = JSON.parse(line) as {
      ready?: boolean;
      urls?: Record<string, string>;
      env?: Record<string, string>;
      admin?: string;
      grpc?: string;
    };
    if (!ready) return `${line}\n`;
    const rows = Object.entries({
      ...urls,
      ...env,
      ...(grpc && { "gRPC (h2c)": grpc }),
      ...(admin && { admin }),
    });
    const width = Math.max(...rows.map(([name]) => name.length));
    const table = rows.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`).join("\n");
    const told = Object.entries({ ...(urls?.ilp && { BASE_URL: urls.ilp }), ...env });
    const flags = ["-e PROFILE=smoke", ...told.map(([name, value]) => `-e ${name}=${value}`)].join(" ");
    return `${table}\n\n  ready; Ctrl-C stops it, its log is ${logFile}\n  elsewhere: k6 run ${flags} dist/${scenario}.js\n`;
  } catch {
    return `${line}\n`;
  }
}
