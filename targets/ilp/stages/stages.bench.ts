/**
 * Where a connector's CPU goes, a packet: node A of the bundled network, from its sources, under the soak, with V8's
 * sampler on; samples are given to stages by the room of the function that was running.
 *
 *   npm run bench:stages        half a minute; npm run bench:stages -- --help
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { Failure } from "../../../bench/failure.ts";
import { count, significant } from "../../../bench/format.ts";
import { machineLines } from "../../../bench/host/machine-line.ts";
import { nodeFlagsOf, ROOT } from "../../../bench/paths.ts";
import { command, networksIn, soakAt } from "../../../bench/probe/probe.ts";
import { progressLine } from "../../../bench/probe/progress-line.ts";
import { atWork, Stopped, type Workplace } from "../../../bench/probe/workplace.ts";
import { type K6, startK6 } from "../../../bench/run/k6.ts";
import { scrape } from "../../../bench/run/scrape.ts";
import { type Member, startTarget, type Target } from "../../../bench/run/target.ts";
import { wholeNumber } from "../../../bench/whole-number.ts";
import { Fold } from "../../../bench/windows/fold.ts";
import { parseWindow } from "../../../bench/windows/window.ts";
import { LATENCY } from "../../../scenarios/lib/plan.ts";
import { profileOf, type Span, timeByStage } from "./cpu-profile.ts";
import { type Profiled, stageTable } from "./stage-table.ts";
import { ledgerStageOf, mainStageOf, NATIVE } from "./stages.ts";
import { type ThreadCpu, threadCpu, usedBetween } from "./thread-cpu.ts";

interface Flags {
  readonly rate: number;
  readonly seconds: number;
  readonly portBase: number;
}

const flags = new Command("npm run bench:stages --")
  .description(
    "Prints the CPU a packet costs the connector by stage, from a profile of its main thread and its ledger's, " +
      "and beside it what the system says these threads used. Hub, receiver and load are those of the soak.",
  )
  .option("--rate <n>", "packets/s", wholeNumber(1), 10_000)
  .option("--seconds <n>", "how long is looked at, after the warm-up", wholeNumber(1), 15)
  .option("--port-base <n>", "BTP port of the network, as in: plimsoll up ilp", wholeNumber(1), 3_000)
  .parse()
  .opts<Flags>();

/** The load goes on for so long beside what is looked at: windows tell a second or two late that it has begun. */
const MARGIN_S = 6;
const HOLD = { phase: "hold" };

await atWork(flags.portBase, bench);

async function bench(place: Workplace): Promise<void> {
  const { rate, seconds } = flags;
  const profiles = join(place.folder, "profiles");
  mkdirSync(profiles);
  console.log(await machineLines(ROOT, new Date()));
  const progress = progressLine(process.stderr);
  progress.begin(`${count(rate)} packets/s for ${seconds} s, after a warm-up`);
  const target = await startNetwork(place, profiles);
  let measured: Measured;
  try {
    measured = await loaded(target, place);
  } finally {
    // A node writes its profiles when it ends.
    await target.stop();
    progress.end();
  }
  const { pid, span, latency } = measured;
  const timesOf = (thread: number) => {
    const profile = profileOf(profiles, pid, thread, span);
    if (profile === undefined)
      throw new Failure("FAULT", `thread ${thread} of the connector left no profile of this time`);
    return timeByStage(profile, span, thread === 0 ? mainStageOf : ledgerStageOf, NATIVE);
  };
  const [p50, p99] = [50, 99].map((percent) => significant(latency.percentile(percent) ?? Number.NaN));
  console.log(
    `${count(measured.packets / measured.seconds)} packets/s for ${seconds} s, profiled: p50 ${p50}, p99 ${p99} ms\n`,
  );
  for (const line of stageTable({ ...measured, mainUs: timesOf(0), ledgerUs: timesOf(1) })) console.log(line);
}

/** As `plimsoll run soak` has it, but from the sources, whose files a profile names, with an empty ledger. */
function startNetwork({ folder, portBase }: Workplace, profiles: string): Promise<Target> {
  const networks = networksIn(folder, { "ledger.file": join(folder, "ledger.db") });
  const program = join(ROOT, "targets", "ilp", "main.ts");
  const own = ["--port-base", String(portBase), "--networks", networks, "--profile", profiles];
  return startTarget({
    name: "ilp",
    variant: "ilp",
    logFile: join(folder, "target.log"),
    command: command(nodeFlagsOf("ilp"), [program, ...own]),
  });
}

interface Measured extends Omit<Profiled, "mainUs" | "ledgerUs"> {
  readonly pid: number;
  readonly span: Span;
  readonly latency: ReturnType<Fold["trend"]>;
}

/** Loads the network, and looks at its connector twice, some seconds apart, while the load holds. */
async function loaded(target: Target, { folder, interrupts }: Workplace): Promise<Measured> {
  const plan = soakAt({ rate: flags.rate, seconds: flags.seconds + MARGIN_S });
  const env = { ...target.env, VARIANTS: `${plan.variant}=${target.url}` };
  const stop = Promise.withResolvers<never>();
  interrupts.onFirst(() => stop.reject(new Stopped()));
  stop.promise.catch(() => {});
  if (interrupts.requested) throw new Stopped();
  const k6 = startK6({ plan, env, logFile: join(folder, "k6.log") });
  const fold = new Fold();
  const holding = Promise.withResolvers<void>();
  const over = readWindows(k6, fold, holding.resolve).finally(() => holding.resolve());
  try {
    const connector = Object.values(target.members)[0] as Member;
    await Promise.race([holding.promise, stop.promise]);
    const before = await look(connector);
    await Promise.race([sleep(flags.seconds * 1_000), stop.promise]);
    const after = await look(connector);
    if (k6.child.ending) throw new Failure("FAULT", (await k6.error()) ?? "k6 ended too soon");
    k6.interrupt();
    await over;
    return {
      pid: connector.pid,
      span: { fromUs: before.atUs, toUs: after.atUs },
      packets: after.packets - before.packets,
      seconds: (after.atUs - before.atUs) / 1e6,
      cpu: before.cpu && after.cpu && usedBetween(before.cpu, after.cpu),
      latency: fold.trend(LATENCY, HOLD),
    };
  } finally {
    k6.child.signal("SIGKILL");
    await over.catch(() => {});
  }
}

/** Folds all windows, and says when the first of the hold phase is there. */
async function readWindows(k6: K6, fold: Fold, holds: () => void): Promise<void> {
  for await (const line of k6.lines) {
    if (line === "") continue;
    fold.add(parseWindow(line));
    if (fold.requests(HOLD) !== undefined) holds();
  }
}

interface Look {
  /** Microseconds of the monotonic clock, as in a profile. */
  readonly atUs: number;
  /** Fulfilled so far. */
  readonly packets: number;
  readonly cpu: ThreadCpu | undefined;
}

async function look({ pid, admin }: Member): Promise<Look> {
  const packets = admin === undefined ? undefined : (await scrape(admin))?.packets?.fulfilled;
  if (packets === undefined)
    throw new Failure("FAULT", "the connector does not tell how many packets it had");
  return { atUs: Number(process.hrtime.bigint() / 1_000n), packets, cpu: threadCpu(pid) };
}
