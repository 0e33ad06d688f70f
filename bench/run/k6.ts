import { closeSync, existsSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Plan } from "../../scenarios/lib/plan.ts";
import { Failure } from "../failure.ts";
import { bundleOf, k6Binary } from "../paths.ts";
import { Child, type Ending } from "./child.ts";
import { headOf, tailOf } from "./log-file.ts";

export interface K6Options {
  readonly plan: Plan;
  /** `-e` pairs beyond the plan's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Port of k6's own web page on 127.0.0.1; none without. */
  readonly dashboardPort?: number;
  /** Go's GOGC: how much garbage may gather before it is collected, in percent of what is held; the plan's unless said. */
  readonly gogc?: number;
}

/** The k6 that loads the target, and the windows it writes. */
export interface K6 {
  readonly child: Child;
  /** One NDJSON line a window, as they come. */
  readonly lines: AsyncIterable<string>;
  /** Lets it stop in good order. */
  readonly interrupt: () => void;
  /** Waits for its end once the last window is written; a browser that still watches its page must not hold it. */
  readonly finish: () => Promise<void>;
  /** Why requests failed, in the script's words: the first few different ones. */
  readonly complaints: () => string[];
  /** Why it failed, in its own words; undefined when it ran to the end or was interrupted. */
  readonly error: () => Promise<string | undefined>;
}

/** How long k6 may take to end after its last window; its web page waits for browsers that have it open. */
const LINGER_MS = 3_000;
/** So many lines from the start of its log are looked through. */
const MOST_LINES = 500;
/** So many different complaints of the script are told. */
const MOST_COMPLAINTS = 3;
/** So many of its last lines are quoted where nothing in it is an error. */
const LAST_LINES = 3;
/** k6's exit code when a signal ended it. */
const SIGNALLED = 105;

/** A Failure that says what to do when what a run needs is not there; found before anything is started. */
export function checkK6(plan: Plan): void {
  for (const [file, what] of [
    [k6Binary(), "the k6 binary"],
    [bundleOf(plan.scenario), "the bundle of this scenario"],
  ] as const) {
    if (!existsSync(file)) throw new Failure("USAGE", `${what} is missing (${file}): npm run setup`);
  }
}

/**
 * Starts k6 on a plan. It judges nothing itself: thresholds and summary are off, because with them k6 keeps every
 * sample; windows are judged instead.
 */
export function startK6({ plan, env, logFile, dashboardPort, gogc }: K6Options): K6 {
  const bundle = bundleOf(plan.scenario);
  const tags = plan.extraTags.length === 0 ? "" : `?tags=${plan.extraTags.join(",")}`;
  const { rate, vus, seconds } = plan.overrides;
  const settings = { ...env, PROFILE: plan.profile, RATE: rate, VUS: vus, SECONDS: seconds };
  const args = [
    "run",
    "--quiet",
    "--no-color",
    "--no-thresholds",
    // The user's own RATE or VUS in the shell is not meant for us.
    "--include-system-env-vars=false",
    "--summary-mode=disabled",
    "--out",
    `windows=/dev/fd/3${tags}`,
    ...Object.entries(settings).flatMap(([key, value]) =>
      value === undefined ? [] : ["-e", `${key}=${value}`],
    ),
    bundle,
  ];
  const log = openSync(logFile, "a");
  try {
    const child = new Child(k6Binary(), args, {
      stdio: ["ignore", log, log, "pipe"],
      env: { ...withoutK6(process.env), ...k6Environment(plan, dashboardPort, gogc) },
    });
    const lines = createInterface({
      input: child.process.stdio[3] as Readable,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    let dismissed = false;
    let interrupted = false;
    const interrupt = () => {
      interrupted = true;
      child.signal("SIGINT");
    };
    const finish = async () => {
      const timer = setTimeout(() => {
        dismissed = true;
        child.signal("SIGKILL");
      }, LINGER_MS);
      await child.ended;
      clearTimeout(timer);
    };
    const error = async () => (dismissed ? undefined : errorOf(child, logFile, interrupted));
    return { child, lines, interrupt, finish, complaints: () => complaintsIn(logFile), error };
  } finally {
    closeSync(log);
  }
}

/** Options of k6 that are set in the shell would change what is measured, unseen. */
function withoutK6(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("K6_")));
}

/**
 * A paced load makes much garbage in few VUs, which hold little. While k6 collects it takes both of two cores from the
 * connector for 5 to 50 ms: at Go's 100 all the time, at 800 every two seconds, which is as many packets as p99 leaves out.
 */
const PACED_GOGC = 2_400;

function k6Environment(
  { load }: Plan,
  dashboardPort: number | undefined,
  gogc = load.model === "paced" ? PACED_GOGC : undefined,
): Record<string, string> {
  return {
    ...(gogc !== undefined && { GOGC: String(gogc) }),
    K6_NO_USAGE_REPORT: "true",
    K6_AUTO_EXTENSION_RESOLUTION: "false",
    K6_WEB_DASHBOARD: dashboardPort === undefined ? "false" : "true",
    K6_WEB_DASHBOARD_HOST: "127.0.0.1",
    K6_WEB_DASHBOARD_PORT: String(dashboardPort ?? -1),
    K6_WEB_DASHBOARD_PERIOD: "1s",
  };
}

/** What the script complained of: why requests failed, the first few different ones. */
function complaintsIn(logFile: string): string[] {
  const said = headOf(logFile, MOST_LINES)
    .filter((line) => / source=console$/.test(line.trim()))
    .map(messageOf);
  return [...new Set(said)].slice(0, MOST_COMPLAINTS);
}

/** The sentence in a line of k6's log, or the line itself. */
function messageOf(line: string): string {
  const quoted = /msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  if (quoted === undefined) return line;
  try {
    return JSON.parse(quoted) as string;
  } catch {
    // Go escapes what JSON does not know, \x00 for one.
    return quoted.slice(1, -1);
  }
}

async function errorOf(child: Child, logFile: string, interrupted: boolean): Promise<string | undefined> {
  const { exitCode, signal } = await child.ended;
  if (exitCode === 0 || (exitCode === SIGNALLED && interrupted)) return undefined;
  return whyItEnded({ exitCode, signal }, headOf(logFile, MOST_LINES), tailOf(logFile, LAST_LINES));
}

/**
 * How k6 failed, with what it said of it.
 *
 * @param head first lines of its log
 * @param tail last lines of it
 */
export function whyItEnded(
  { exitCode, signal }: Pick<Ending, "exitCode" | "signal">,
  head: readonly string[],
  tail: readonly string[],
): string {
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`;
  // A Go program that breaks says why in one line, and then where in hundreds.
  const broke = head.find((line) => /^(fatal error|panic): /.test(line));
  // Of errors the others mostly follow from the first; what the script complains of is told by itself.
  const first = signal
    ? undefined
    : head.find((line) => / level=error /.test(line) && !/ source=console$/.test(line.trim()));
  const said = broke ?? (first === undefined ? tail.map(messageOf).join(" | ") : messageOf(first));
  return `k6 ${how}${said ? `: ${said}` : ""}`;
}
