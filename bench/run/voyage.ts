import { createWriteStream, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type Plan, peakOf } from "../../scenarios/lib/plan.ts";
import { Failure } from "../failure.ts";
import { commitOf } from "../host/commit.ts";
import { versionsOf } from "../host/versions.ts";
import { Evidence } from "../judge/evidence.ts";
import type { Run } from "../results/run-schema.ts";
import { newRunFolder, type RunFolder, writeRun } from "../results/store.ts";
import { latencyPastDrops } from "../windows/dropped-arrivals.ts";
import { parseWindow } from "../windows/window.ts";
import { booksOf, difference, NOTHING_TOLD } from "./books.ts";
import { type Ending, killAll } from "./child.ts";
import type { Interrupts } from "./interrupts.ts";
import { checkK6, type K6, startK6 } from "./k6.ts";
import { liveView } from "./live.ts";
import { boundLog } from "./log-file.ts";
import type { Onlooker } from "./onlooker.ts";
import { afterWindow, lengthOf, type Progress, startOf } from "./progress.ts";
import { quietHeap } from "./quiet-heap.ts";
import { type Before, emptyRun, finishedRun, type Loaded } from "./run-record.ts";
import { Sampler } from "./sampler.ts";
import { startTarget, type Target } from "./target.ts";

export interface VoyageOptions extends Before {
  readonly plan: Plan;
  /** Folder that gets results/<run>/. */
  readonly out: string;
  readonly url?: string;
  /** Addresses of the variants of a server that has several. */
  readonly variants?: Readonly<Record<string, string>>;
  /** `-e` pairs for the script. */
  readonly env?: Readonly<Record<string, string>>;
  readonly targetCommand?: string;
  readonly targetFlags?: readonly string[];
  /** Of the target's environment, beyond ours. */
  readonly targetEnv?: Readonly<Record<string, string>>;
  readonly dashboardPort?: number;
  /** k6's GOGC, for a benchmark of it. */
  readonly gogc?: number;
  readonly onlooker?: Onlooker;
  readonly interrupts: Interrupts;
  /** Where people look: stderr, so that stdout stays free for --json. */
  readonly screen: NodeJS.WriteStream;
}

export interface Voyage {
  readonly run: Run;
  readonly folder: RunFolder;
}

/** Beyond its plan, k6 gets this long to end before it is killed. */
const OVERTIME_S = 30;
/** A k6 whose windows end sooner than this before the plan does was cut short. */
const EARLY_S = 2.5;
/** Last lines of the target's log that a report quotes when it died. */
const LAST_LOG_LINES = 10;

/**
 * One scenario from start to verdict: starts the target, loads it with k6, folds what comes in, judges, and leaves
 * run.json. Nothing it starts outlives it.
 */
export async function voyage(options: VoyageOptions): Promise<Voyage> {
  const { plan, interrupts } = options;
  checkK6(plan);
  const startedAt = new Date();
  const folder = newRunFolder(options.out, plan.scenario, plan.profile, startedAt);
  const file = (name: string) => join(folder.path, name);
  const facts = Promise.all([versionsOf(), commitOf(process.cwd())]);

  let target: Target | undefined;
  let begun = false;
  const asBefore = quietHeap();
  interrupts.onFirst(killAll);
  try {
    target = await startTarget({
      name: plan.target,
      variant: plan.variant,
      logFile: file("target.log"),
      ...(options.url !== undefined && { url: options.url }),
      ...(options.targetCommand !== undefined && { command: options.targetCommand }),
      ...(options.targetFlags && { flags: options.targetFlags }),
      ...(options.targetEnv && { env: options.targetEnv }),
    });
    const [versions, commit] = await facts;
    if (interrupts.requested) throw new Failure("FAULT", "interrupted");
    const { variants, env } = options;
    const run = emptyRun({ plan, folder, startedAt, target, variants, env, versions, commit });
    options.onlooker?.check?.(run);
    writeRun(folder, run);
    begun = true;
    const before = await booksOf(target);
    const loaded = await load(options, run, target, file);
    interrupts.onFirst(() => options.screen.write("the run is over; its report is being made\n"));
    await options.onlooker?.afterLoad?.();
    const served = loaded.died ? NOTHING_TOLD : difference(before, await booksOf(target));
    await target.stop();
    return { folder, run: finishedRun(run, loaded, target, served, options) };
  } catch (error) {
    if (!begun && interrupts.requested)
      throw new Failure("NO_DATA", "interrupted before the load began; nothing is kept");
    throw error;
  } finally {
    asBefore();
    await target?.stop();
    // Nothing was loaded, so there is nothing to keep; the Failure has quoted the log.
    if (!begun) rmSync(folder.path, { recursive: true, force: true });
  }
}

async function load(
  options: VoyageOptions,
  run: Run,
  target: Target,
  file: (name: string) => string,
): Promise<Loaded> {
  const { plan, screen, interrupts, onlooker } = options;
  const evidence = new Evidence(plan);
  const k6 = startK6({
    plan,
    env: { ...target.env, ...options.env, ...addressesFor(options, target) },
    logFile: file("k6.log"),
    ...(options.dashboardPort !== undefined && { dashboardPort: options.dashboardPort }),
    ...(options.gogc !== undefined && { gogc: options.gogc }),
  });
  const startMs = Date.now();
  const elapsed = () => (Date.now() - startMs) / 1000;

  const view = liveView(plan, screen);
  let progress: Progress = startOf(plan);
  const show = () => view.show({ ...progress, elapsedSeconds: Math.min(elapsed(), progress.totalSeconds) });
  show();
  const windows = createWriteStream(file("windows.ndjson"));
  const resources = createWriteStream(file("resources.ndjson"));
  const writing = Promise.all([windows, resources].map(written));
  // Awaited below; a full disk must not crash us before that.
  writing.catch(() => {});
  const sampler = new Sampler(
    {
      name: target.name,
      targetPid: target.pid,
      adminUrl: target.adminUrl,
      members: target.members,
      threads: target.kind === "command",
      k6Pid: () => k6.child.pid,
    },
    (sample) => {
      evidence.addResources(sample);
      resources.write(`${JSON.stringify(sample)}\n`);
      onlooker?.resources(sample);
      progress = { ...progress, target: sample.target ?? progress.target, k6: sample.k6 ?? progress.k6 };
      boundLog(file("target.log"));
      boundLog(file("k6.log"));
      show();
    },
  );
  sampler.start();

  let ending: Ending | undefined;
  let k6Ended = false;
  target.ended.then(
    (how) => {
      if (k6Ended) return;
      ending = how;
      k6.interrupt();
    },
    () => {},
  );
  let interruptedAfterSeconds: number | undefined;
  interrupts.onFirst(() => {
    interruptedAfterSeconds = elapsed();
    view.say("stopping k6; what was measured is kept. Ctrl-C again kills everything.");
    k6.interrupt();
  });
  onlooker?.begin(run, view.say, () => {
    interruptedAfterSeconds ??= elapsed();
    k6.interrupt();
  });
  let overtime = false;
  const watchdog = setTimeout(
    () => {
      overtime = true;
      k6.child.signal("SIGKILL");
    },
    (lengthOf(plan) + plan.gracefulStopSeconds + OVERTIME_S) * 1000,
  );
  try {
    const latencyRight = latencyPastDrops();
    await readWindows(k6, (line) => {
      windows.write(`${line}\n`);
      const asWritten = parseWindow(line);
      onlooker?.window(asWritten);
      const window = latencyRight(asWritten);
      evidence.addWindow(window);
      progress = afterWindow(progress, window, evidence.phases.at(-1)?.phase);
      show();
    });
    const { exitCode } = await k6.child.ended;
    k6Ended = true;
    const died = ending as Ending | undefined;
    return {
      evidence,
      interruptedAfterSeconds,
      k6ExitCode: exitCode,
      complaints: k6.complaints(),
      k6Error:
        died || interruptedAfterSeconds !== undefined
          ? undefined
          : overtime
            ? `k6 was not done ${OVERTIME_S} s after its plan was over, and was killed: the load is too much for this machine`
            : ((await k6.error()) ?? cutShort(evidence)),
      died: died
        ? {
            exitCode: died.exitCode,
            signal: died.signal,
            atSeconds: Math.max(0, (died.atMs - startMs) / 1000),
            lastLog: target.lastLog(LAST_LOG_LINES),
          }
        : null,
    };
  } finally {
    clearTimeout(watchdog);
    k6.child.signal("SIGKILL");
    await sampler.stop();
    view.end();
    windows.end();
    resources.end();
    await writing.catch((error: Error) => {
      throw new Failure("FAULT", `cannot write results: ${error.message}`);
    });
  }
}

/** k6 may end early without a word of it in its exit code; what it did not measure must not count as held. */
function cutShort({ plan, instants }: Evidence): string | undefined {
  const seconds = instants.reduce((sum, { ms }) => sum + ms / 1000, 0);
  if (peakOf(plan.load) === 0 || seconds > lengthOf(plan) - EARLY_S) return undefined;
  return `k6 ended after ${seconds.toFixed(0)} s of ${lengthOf(plan).toFixed(0)} s`;
}

async function readWindows(k6: K6, each: (line: string) => void): Promise<void> {
  try {
    for await (const line of k6.lines) if (line !== "") each(line);
    await k6.finish();
  } catch (error) {
    k6.child.signal("SIGKILL");
    throw error instanceof Failure ? error : new Failure("FAULT", `k6: ${(error as Error).message}`);
  }
}

function written(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("finish", resolve);
    stream.once("error", reject);
  });
}

/** `-e` pairs that tell the script where the target answers. */
function addressesFor({ url, variants }: VoyageOptions, target: Target): Record<string, string> {
  const urls = variants ?? target.urls;
  if (Object.keys(urls).length > 0) {
    return {
      VARIANTS: Object.entries(urls)
        .map(([name, at]) => `${name}=${at}`)
        .join(","),
    };
  }
  return { BASE_URL: url ?? target.url };
}

/** Path as a person would type it from here. */
export function fromHere(path: string): string {
  return relative(process.cwd(), path) || ".";
}
