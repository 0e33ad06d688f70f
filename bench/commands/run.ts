import { totalmem } from "node:os";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { type Overrides, type Plan, peakOf } from "../../scenarios/lib/plan.ts";
import { plan as planFor, SCENARIOS } from "../../scenarios/plans.ts";
import { nameOf } from "../baseline/store.ts";
import { Failure } from "../failure.ts";
import { evidenceFor } from "../flakes/evidence.ts";
import { inCi, isWorthARetry } from "../flakes/retry.ts";
import { bytes, count } from "../format.ts";
import { isFree } from "../host/ports.ts";
import { type Address, addressOf } from "../influx/address.ts";
import { openDatabase } from "../influx/open-database.ts";
import { Interrupts } from "../run/interrupts.ts";
import type { Before } from "../run/run-record.ts";
import { fromHere, type Voyage } from "../run/voyage.ts";
import { type AttemptFlags, attempt, DASHBOARD_PORT } from "./attempt.ts";
import { influxOption } from "./influx-option.ts";
import { type LoadFlags, loadOptions, url } from "./load-options.ts";
import { verdictText } from "./verdict-text.ts";

interface RunFlags extends AttemptFlags {
  readonly json?: true;
  readonly influx?: string;
  readonly quarantine: boolean;
  /** Unless said: in CI. */
  readonly retry?: boolean;
}

export function addRun(program: Command): void {
  loadOptions(program.command("run"))
    .summary("load a target with one or more scenarios and judge it")
    .description(
      "Loads a target with scenarios, one after the other, shows it live, judges it, and keeps the results.",
    )
    .argument("<scenario...>", `what to run: ${Object.keys(SCENARIOS).join(", ")}`)
    .option("--variants <list>", "addresses of a server's variants: none=URL,full=URL,...", variants)
    .option(
      "--fault <spec>",
      "hurt the bundled target: latency=200ms, error-rate=10%, stall=3s@5s, crash=5s, ...",
    )
    .option("--json", "print each run's run.json on stdout, one line each; the rest goes to stderr")
    .addOption(influxOption("stream points to InfluxDB while it goes"))
    .option("--no-quarantine", "let flaky gates gate as well; see npx plimsoll flakes")
    .option("--retry", "run once more what fails or measures nothing, as is done where CI is set")
    .option("--no-retry", "do not, in CI either")
    .option("--dashboard", `k6's own live page at http://127.0.0.1:${DASHBOARD_PORT}`)
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll run basic-load --profile smoke        half a minute against the bundled connector
  npx plimsoll run stress spike --out /tmp/tonight   both in full, one after the other
  npx plimsoll run basic-load --url http://127.0.0.1:8200 --rate 200 --seconds 60
  npx plimsoll run basic-load --target-cmd "node server.js" --url http://127.0.0.1:8200
  npx plimsoll run basic-load --profile smoke --fault latency=200ms     watch it fail
  npx plimsoll run soak --influx http://127.0.0.1:8086/plimsoll
  npx plimsoll run soak --target-cmd "npx plimsoll up ilp --networks my-networks"
  npx plimsoll run soak --url ws://127.0.0.1:3000 -e TOKEN=t -e DESTINATION=test.bob -e SECRET=s

A gate that flipped too often on unchanged commits is quarantined: reported, not gating. Where CI is set, a run that
fails is repeated once; if the second holds it is reported as FLAKY, with exit code 0.

Exit codes: 0 pass or warn, 99 SLA crossed, 4 nothing measured or the generator was the limit,
            2 wrong usage, 1 a fault of ours. Of several scenarios, the worst one counts.`,
    )
    .action(async (names: string[], flags: RunFlags, command: Command) => {
      const influxFrom = command.getOptionValueSource("influx");
      process.exitCode = await run(names, flags, influxFrom === "env");
    });
}

/** @param unasked whether the database is the environment's, and not asked for with this run */
async function run(names: readonly string[], flags: RunFlags, unasked: boolean): Promise<number> {
  const plans = names.map((name) => planOrFailure(name, flags));
  checkEnv(names, flags.env);
  for (const plan of plans) checkMemory(plan, memoryToHave());
  if (
    (flags.fault ?? flags.portBase) !== undefined &&
    (flags.url !== undefined || flags.targetCmd !== undefined)
  ) {
    throw new Failure(
      "USAGE",
      "--fault and --port-base are for the bundled target; they cannot reach into yours",
    );
  }
  if (flags.dashboard && !(await isFree(DASHBOARD_PORT))) {
    throw new Failure(
      "USAGE",
      `port ${DASHBOARD_PORT} of --dashboard is taken by another process; see who: ss -ltnp`,
    );
  }
  const database = await databaseOf(flags, unasked);
  const interrupts = new Interrupts(
    process.stderr,
    "killed; a run that was under way is left marked as incomplete",
  );
  try {
    let worst = 0;
    for (const plan of plans) {
      const history = flags.quarantine ? await evidenceFor(nameOf(plan), flags.out, warn) : [];
      worst = worse(worst, await runOne(plan, flags, { interrupts, database, history }));
      // Ctrl-C means the whole series.
      if (interrupts.requested) break;
    }
    return worst;
  } finally {
    interrupts.release();
  }
}

/**
 * Where points go; found, and made if need be, before anything is loaded. One that the environment of a CI job names and that
 * does not answer must not keep a gate from running: the first write that fails says so, and how to send the run later.
 */
async function databaseOf({ influx }: RunFlags, unasked: boolean): Promise<Address | undefined> {
  // It may hold a password, which is no business of what we start.
  delete process.env.PLIMSOLL_INFLUX;
  if (influx === undefined) return undefined;
  const address = addressOf(influx);
  await openDatabase(address, (line) => process.stderr.write(`${line}\n`), { mustAnswer: !unasked });
  return address;
}

function warn(line: string): void {
  process.stderr.write(`plimsoll: ${line}\n`);
}

interface World extends Pick<Before, "history"> {
  readonly interrupts: Interrupts;
  readonly database: Address | undefined;
}

/** @returns the exit code */
async function runOne(plan: Plan, flags: RunFlags, world: World): Promise<number> {
  const first = await attempt(plan, flags, world);
  const retries = flags.retry ?? inCi(process.env);
  const last =
    retries && isWorthARetry(first.run) && !world.interrupts.requested
      ? await again(plan, flags, world, first)
      : first;
  if (flags.json) process.stdout.write(`${JSON.stringify(last.run)}\n`);
  (flags.json ? process.stderr : process.stdout).write(textOf(last));
  return last.run.exitCode ?? 1;
}

/** The same once more. A retry that cannot be made, or is stopped before its load, leaves the verdict of the first. */
async function again(plan: Plan, flags: RunFlags, world: World, first: Voyage): Promise<Voyage> {
  const { run, verdict } = first.run;
  process.stderr.write(
    `${textOf(first)}\n  once more, to tell a flake from a fault: ${run} was ${verdict}\n\n`,
  );
  try {
    return await attempt(plan, flags, { ...world, retryOf: first.run });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`plimsoll: there was no retry, so ${run} stands: ${error.message}\n`);
    return first;
  }
}

function textOf({ run, folder }: Voyage): string {
  return verdictText(run, fromHere(join(folder.path, "report.html")));
}

/** @throws Failure USAGE for a scenario that there is not, or flags that do not go with it */
export function planOrFailure(
  name: string,
  { profile, rate, vus, seconds, ...target }: LoadFlags & Pick<RunFlags, "fault" | "variants">,
): Plan {
  const overrides: Overrides = {
    ...(rate !== undefined && { rate }),
    ...(vus !== undefined && { vus }),
    ...(seconds !== undefined && { seconds }),
  };
  const plan = planFor(name, profile, overrides);
  if (!plan) {
    throw new Failure(
      "USAGE",
      `there is no scenario "${name}"; there are ${Object.keys(SCENARIOS).join(", ")}`,
    );
  }
  if (plan.load.model === "closed" && rate !== undefined) {
    throw new Failure("USAGE", `${name} is about callers, not about a rate: use --vus`);
  }
  if (plan.target === "ilp" && target.fault !== undefined) {
    throw new Failure("USAGE", `the target of ${name} has no --fault`);
  }
  const wanted = plan.target === "ilp" ? "ws" : "http";
  if (target.url !== undefined && !new RegExp(`^${wanted}s?:`).test(target.url))
    throw new Failure("USAGE", `${name} is for a server at ${wanted}://, not ${target.url}`);
  if (plan.blocks && target.url !== undefined && !target.variants) {
    throw new Failure(
      "USAGE",
      `${name} compares variants: say where each answers, --variants none=URL,full=URL,...`,
    );
  }
  const unnamed =
    plan.blocks?.variants.filter((variant) => target.variants && !(variant in target.variants)) ?? [];
  if (unnamed.length > 0) throw new Failure("USAGE", `--variants names no address for ${unnamed.join(", ")}`);
  return plan;
}

/** A Failure for a name of `-e` that none of these scenarios reads: misspelt, it would go unread. */
export function checkEnv(scenarios: readonly string[], env: LoadFlags["env"] = {}): void {
  const reads = [...new Set(scenarios.flatMap((name) => SCENARIOS[name]?.env ?? []))];
  const unread = Object.keys(env).find((given) => !reads.includes(given));
  if (unread === undefined) return;
  const names = reads.length === 0 ? "but nothing" : `but ${reads.join(", ")}`;
  throw new Failure(
    "USAGE",
    `${scenarios.join(" and ")} ${scenarios.length === 1 ? "reads" : "read"} no ${unread} of -e, ${names}`,
  );
}

/** Memory that may still be used, within a container's limit; systems that do not tell it right get the whole. */
function memoryToHave(): number {
  return process.platform === "linux" ? process.availableMemory() : totalmem();
}

/** What a VU of k6 holds, with its own JavaScript engine; measured with 500 and with 2,000. */
const VU_BYTES = 500_000;
/** And one that sends a paced load, with its payments and what garbage k6 then lets gather; measured with 2 and with 100. */
const PACED_VU_BYTES = 14_000_000;

/** A Failure when k6 would need more memory for its VUs than there is: the system would kill it, or us. */
export function checkMemory({ scenario, load }: Pick<Plan, "scenario" | "load">, freeBytes: number): void {
  // Those that an open model has from the start; it makes more only while the target stalls.
  const vus =
    load.model === "open" ? load.preAllocatedVUs : load.model === "paced" ? load.connections : peakOf(load);
  const needed = vus * (load.model === "paced" ? PACED_VU_BYTES : VU_BYTES);
  if (needed <= freeBytes) return;
  const how = load.model === "open" ? "a lower --rate, or fewer with --vus" : "fewer with --vus";
  throw new Failure(
    "USAGE",
    `${scenario} needs ${count(vus)} VUs, some ${bytes(needed)} of memory, and ${bytes(freeBytes)} are free: ${how}`,
  );
}

/** Which of two exit codes a CI job should see. */
const BADNESS = [0, 4, 99, 2, 1];
export function worse(a: number, b: number): number {
  return BADNESS.indexOf(b) > BADNESS.indexOf(a) ? b : a;
}

function variants(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new InvalidArgumentError(
          "It looks like none=http://127.0.0.1:8081,full=http://127.0.0.1:8080.",
        );
      return [pair.slice(0, at), url(pair.slice(at + 1))];
    }),
  );
}
