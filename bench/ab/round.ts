import { BUILDS, type Build, duetPlan, otherThan } from "../../scenarios/lib/duet.ts";
import type { Plan } from "../../scenarios/lib/plan.ts";
import { Failure } from "../failure.ts";
import { becomesFree } from "../host/ports.ts";
import { type Ending, killAll } from "../run/child.ts";
import type { Interrupts } from "../run/interrupts.ts";
import { startK6 } from "../run/k6.ts";
import { LAST_WORDS_LINES, lastWords } from "../run/last-words.ts";
import { boundLog } from "../run/log-file.ts";
import { startTarget, type Target } from "../run/target.ts";
import { foldOf } from "../windows/fold.ts";
import { parseWindow } from "../windows/window.ts";
import { type Block, blockOf } from "./block.ts";
import type { Launch } from "./launch.ts";
import { Watch } from "./watch.ts";

/** Whole seconds before the first block: code is compiled, connections are open. */
const WARM_UP_SECONDS = 2;
/** The load begins and ends within a second that is no block. */
const EDGE_SECONDS = 1;
/** What a round takes beside its blocks: load that is no block, and starting and stopping of everything. */
export const ROUND_OVERHEAD_SECONDS = 4 + WARM_UP_SECONDS + EDGE_SECONDS;
/** Between the ports of A and B: the bundled connector uses some above the one it is told. */
const PORT_STEP = 50;
/** What was killed with the round before may hold its port so much longer. */
const FREE_MS = 3_000;
/** Beyond its load k6 gets this long to end. */
const OVERTIME_MS = 20_000;

/** What all rounds of a trial have in common. */
export interface Duel {
  readonly scenario: string;
  /** Requests a second to each build. */
  readonly rate: number;
  readonly launches: Readonly<Record<Build, Launch>>;
  readonly portBase: number;
  readonly file: (name: string) => string;
  readonly interrupts: Interrupts;
}

export interface RoundOptions extends Duel {
  /** 0-based; in every other one the builds change ports, and the order in which they start. */
  readonly round: number;
  readonly pairs: number;
  readonly onBlock: (block: Block) => void;
}

export interface RoundEnd {
  readonly first: Build;
  readonly died?: { readonly build: Build; readonly how: Ending; readonly said: string };
  /** Arrivals that found no VU. */
  readonly dropped: number;
  readonly k6Error?: string;
  /** What the script told of failed requests. */
  readonly complaints: readonly string[];
}

/** Both builds started afresh, loaded for so many whole seconds, and stopped. Nothing it starts outlives it. */
export async function runRound(options: RoundOptions): Promise<RoundEnd> {
  const { round, launches, portBase, file, interrupts } = options;
  const first: Build = round % 2 === 0 ? "a" : "b";
  const targets = new Map<Build, Target>();
  try {
    for (const [i, build] of [first, otherThan(first)].entries()) {
      const port = portBase + i * PORT_STEP;
      if (!(await becomesFree(port, FREE_MS)))
        throw new Failure("USAGE", `port ${port} is taken: choose others with --port-base`);
      targets.set(build, await launch(build, launches[build], port, file(`${build}.log`)));
      if (interrupts.requested) throw new Failure("FAULT", "interrupted");
    }
    return { first, ...(await load(options, targets)) };
  } finally {
    await Promise.all([...targets.values()].map((target) => target.stop()));
  }
}

function launch(
  build: Build,
  { name, variant, ...of }: Launch,
  port: number,
  logFile: string,
): Promise<Target> {
  return startTarget({
    name,
    variant,
    logFile,
    command: of.command(port),
    env: { PORT: String(port) },
    calledAs: `${build.toUpperCase()}, ${name},`,
    ...(of.cwd !== undefined && { cwd: of.cwd }),
    // Our own connector says when it is ready; of a server that does not, its port does.
    ...(!of.saysReady && { url: `http://127.0.0.1:${port}` }),
  });
}

async function load(
  { round, scenario, rate, pairs, file, interrupts, onBlock }: RoundOptions,
  targets: ReadonlyMap<Build, Target>,
): Promise<Omit<RoundEnd, "first">> {
  const seconds = EDGE_SECONDS + WARM_UP_SECONDS + pairs;
  const plan = duetPlan({ scenario, rate, seconds }) as Plan;
  const of = (build: Build) => targets.get(build) as Target;
  const urls = BUILDS.map((build) => `${build}=${of(build).url}`).join(",");
  const watch = new Watch({ a: of("a").pid as number, b: of("b").pid as number });
  const k6 = startK6({ plan, env: { SCENARIO: scenario, BUILDS: urls }, logFile: file("k6.log") });
  interrupts.onFirst(k6.interrupt);
  let died: RoundEnd["died"];
  for (const build of BUILDS) {
    of(build).ended.then(
      (how) => {
        died ??= { build, how, said: lastWords(of(build).lastLog(LAST_WORDS_LINES)) ?? "" };
        k6.interrupt();
      },
      () => {},
    );
  }
  const watchdog = setTimeout(() => k6.child.signal("SIGKILL"), seconds * 1000 + OVERTIME_MS);
  let [windowsLoaded, blocks, dropped] = [0, 0, 0];
  watch.start();
  try {
    for await (const line of k6.lines) {
      if (line === "" || blocks === pairs || died || interrupts.requested) continue;
      const window = parseWindow(line);
      const fold = foldOf(window);
      dropped += fold.counter("dropped_iterations") ?? 0;
      if (fold.requests() !== undefined) windowsLoaded++;
      // The first one with a request is the edge.
      if (windowsLoaded <= EDGE_SECONDS + WARM_UP_SECONDS || window.ms !== 1000) continue;
      onBlock(blockOf(window, round, watch.used));
      for (const name of ["a.log", "b.log", "k6.log"]) boundLog(file(name));
      if (++blocks === pairs) k6.interrupt();
    }
    await k6.finish();
    const k6Error = died || blocks === pairs ? undefined : await k6.error();
    return {
      dropped,
      complaints: k6.complaints(),
      ...(died && { died }),
      ...(k6Error !== undefined && { k6Error }),
    };
  } finally {
    clearTimeout(watchdog);
    watch.stop();
    interrupts.onFirst(killAll);
    k6.child.signal("SIGKILL");
  }
}
