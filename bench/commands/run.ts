import { totalmem } from "node:os";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { type Overrides, type Plan, peakOf } from "../../scenarios/lib/plan.ts";
import { plan as planFor, SCENARIOS } from "../../scenarios/plans.ts";
import { Failure } from "../failure.ts";
import { bytes, count } from "../format.ts";
import { isFree } from "../host/ports.ts";
import { type Address, addressOf } from "../influx/address.ts";
import { openDatabase } from "../influx/open-database.ts";
import { pushCommand } from "../influx/push-command.ts";
import { InfluxStream } from "../influx/stream.ts";
import type { Run } from "../results/run-schema.ts";
import { type RunFolder, writeRun } from "../results/store.ts";
import { Interrupts } from "../run/interrupts.ts";
import { fromHere, voyage } from "../run/voyage.ts";
import { influxOption } from "./influx-option.ts";
import { type LoadFlags, loadOptions, url } from "./load-options.ts";
import { writeReport } from "./report.ts";
import { verdictText } from "./verdict-text.ts";

interface RunFlags extends LoadFlags {
  readonly variants?: Record<string, string>;
  readonly fault?: string;
  readonly json?: true;
  readonly dashboard?: true;
  readonly influx?: string;
}

/** The port k6's own web page has by default. */
const DASHBOARD_PORT = 5665;

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
  npx plimsoll run soak --url ws://127.0.0.1:3000 -e TOKEN=t -e DESTINATION=test.bob -e SECRET=s

Exit codes: 0 pass or warn, 99 SLA crossed, 4 nothing measured or the generator was the limit,
            2 wrong usage, 1 a fault of ours. Of several scenarios, the worst one counts.`,
    )
    .action(async (names: string[], flags: RunFlags) => {
      process.exitCode = await run(names, flags);
    });
}

async function run(names: readonly string[], flags: RunFlags): Promise<number> {
  const plans = names.map((name) => planOrFailure(name, flags));
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
  const database = await databaseOf(flags);
  const interrupts = new Interrupts(
    process.stderr,
    "killed; a run that was under way is left marked as incomplete",
  );
  try {
    let worst = 0;
    for (const plan of plans) {
      worst = worse(worst, await runOne(plan, flags, interrupts, database));
      // Ctrl-C means the whole series.
      if (interrupts.requested) break;
    }
    return worst;
  } finally {
    interrupts.release();
  }
}

/** Where points go; found, and made if need be, before anything is loaded. */
async function databaseOf({ influx }: RunFlags): Promise<Address | undefined> {
  // It may hold a password, which is no business of what we start.
  delete process.env.PLIMSOLL_INFLUX;
  if (influx === undefined) return undefined;
  const address = addressOf(influx);
  await openDatabase(address, (line) => process.stderr.write(`${line}\n`));
  return address;
}

async function runOne(
  plan: Plan,
  flags: RunFlags,
  interrupts: Interrupts,
  database: Address | undefined,
): Promise<number> {
  const screen = process.stderr;
  const address = flags.url ?? flags.variants?.[plan.variant] ?? Object.values(flags.variants ?? {})[0];
  if (flags.dashboard) screen.write(`k6's live page: http://127.0.0.1:${DASHBOARD_PORT}\n`);
  const stream =
    database &&
    new InfluxStream({
      address: database,
      pushCommand: ({ run }: Run) => pushCommand(fromHere(join(flags.out, run)), database),
    });
  const { run, folder } = await voyage({
    plan,
    out: flags.out,
    screen,
    interrupts,
    ...(address !== undefined && { url: address }),
    ...(flags.variants && { variants: flags.variants }),
    ...(flags.env && { env: flags.env }),
    ...(flags.targetCmd !== undefined && { targetCommand: flags.targetCmd }),
    targetFlags: targetFlags(plan, flags),
    ...(flags.dashboard && { dashboardPort: DASHBOARD_PORT }),
    ...(stream && { onlooker: stream }),
  }).catch(async (error: unknown) => {
    await stream?.abandon();
    throw error;
  });
  const [, arrived] = await Promise.all([keep(folder, run), stream?.end(run)]);
  if (arrived !== undefined) screen.write(`${arrived}\n`);
  if (flags.json) process.stdout.write(`${JSON.stringify(run)}\n`);
  const text = verdictText(run, fromHere(join(folder.path, "report.html")));
  (flags.json ? process.stderr : process.stdout).write(text);
  return run.exitCode ?? 1;
}

/** Above the ports of the variants and of gRPC. */
const ADMIN_PORT_OFFSET = 30;

/** A scenario that calls one variant needs no port for the others, and the target less memory. */
export function targetFlags(plan: Plan, { fault, portBase }: Pick<RunFlags, "fault" | "portBase">): string[] {
  if (plan.target === "ilp")
    return [...plan.targetFlags, ...(portBase === undefined ? [] : ["--port-base", String(portBase)])];
  return [
    ...plan.targetFlags,
    "--variants",
    plan.blocks?.variants.join(",") ?? plan.variant,
    ...(fault === undefined ? [] : ["--fault", fault]),
    ...(portBase === undefined ? [] : ["--port-base", String(portBase)]),
    // Two targets on one machine need two admin ports as well; 0 lets the system choose that one too.
    ...(portBase ? ["--admin-port", String(portBase + ADMIN_PORT_OFFSET)] : []),
  ];
}

/** The verdict first: a page that cannot be drawn must not lose it, and can be made again. */
async function keep(folder: RunFolder, run: Parameters<typeof writeRun>[1]): Promise<void> {
  writeRun(folder, run);
  try {
    await writeReport(folder, run);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    process.stderr.write(
      `plimsoll: the report could not be made (${why}); again: npx plimsoll report ${folder.id}\n`,
    );
  }
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

/** Memory that may still be used, within a container's limit; systems that do not tell it right get the whole. */
function memoryToHave(): number {
  return process.platform === "linux" ? process.availableMemory() : totalmem();
}

/** What a VU of k6 holds, with its own JavaScript engine; measured with 500 and with 2,000. */
const VU_BYTES = 500_000;

/** A Failure when k6 would need more memory for its VUs than there is: the system would kill it, or us. */
export function checkMemory({ scenario, load }: Pick<Plan, "scenario" | "load">, freeBytes: number): void {
  // Those that an open model has from the start; it makes more only while the target stalls.
  const vus =
    load.model === "open" ? load.preAllocatedVUs : load.model === "paced" ? load.connections : peakOf(load);
  if (vus * VU_BYTES <= freeBytes) return;
  const how = load.model === "open" ? "a lower --rate, or fewer with --vus" : "fewer with --vus";
  throw new Failure(
    "USAGE",
    `${scenario} needs ${count(vus)} VUs, some ${bytes(vus * VU_BYTES)} of memory, and ${bytes(freeBytes)} are free: ${how}`,
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
