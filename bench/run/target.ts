import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { isAbsolute, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { ROOT, targetProgram } from "../paths.ts";
import { Child, type Ending } from "./child.ts";
import { LAST_WORDS_LINES, lastWords } from "./last-words.ts";
import { tailOf } from "./log-file.ts";

/** How long a target may take to become ready. */
const READY_MS = 30_000;
/** How long it may take to stop: its own 5 s for work in flight, and one more. */
const STOP_MS = 6_000;

const readyLine = z.object({
  ready: z.literal(true),
  pid: z.number(),
  admin: z.string(),
  urls: z.record(z.string(), z.string()).default({}),
  /** Processes of a target that has several, by name; the one that is called first comes first. */
  members: z.record(z.string(), z.object({ pid: z.number(), admin: z.string().optional() })).default({}),
  /** What a script has to know beside the address, as `-e` pairs. */
  env: z.record(z.string(), z.string()).default({}),
});

export type Member = z.infer<typeof readyLine>["members"][string];

/** What is loaded, and what we can see of it. */
export interface Target {
  readonly kind: "bundled" | "command" | "url";
  readonly name: string;
  /** Where the variant under test answers. */
  readonly url: string;
  /** Every variant's address; empty for a server that has none. */
  readonly urls: Readonly<Record<string, string>>;
  readonly adminUrl: string | undefined;
  readonly members: Readonly<Record<string, Member>>;
  readonly env: Readonly<Record<string, string>>;
  /** From its start until it was ready; undefined for a server that was there. */
  readonly readySeconds: number | undefined;
  readonly command: string | null;
  readonly pid: number | undefined;
  /** Resolves when its process ends; never for a server that is not ours. */
  readonly ended: Promise<Ending>;
  readonly lastLog: (lines: number) => string[];
  readonly stop: () => Promise<void>;
}

export interface TargetOptions {
  readonly name: string;
  readonly variant: string;
  readonly logFile: string;
  /** A server that is there already, or where the started command will answer. */
  readonly url?: string;
  /** The user's own server, for a shell. */
  readonly command?: string;
  /** Folder the command runs in; ours unless said. */
  readonly cwd?: string;
  /** What a complaint calls the command. */
  readonly calledAs?: string;
  /** Flags for the bundled target. */
  readonly flags?: readonly string[];
  /** What it finds in its environment beside ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to become ready; 30 s unless said. */
  readonly readyMs?: number;
}

/** Starts what is to be loaded and waits until it answers; throws Failure with what to do when it does not. */
export async function startTarget(options: TargetOptions): Promise<Target> {
  if (options.command !== undefined) return startCommand(options, options.command);
  if (options.url !== undefined) return existing(options.url);
  return startBundled(options);
}

async function existing(url: string): Promise<Target> {
  if (!(await accepts(url))) {
    throw new Failure(
      "USAGE",
      `nothing answers at ${url}: start your server first, or let us: --target-cmd "..."`,
    );
  }
  return {
    kind: "url",
    name: new URL(url).host,
    url,
    urls: {},
    adminUrl: undefined,
    members: {},
    env: {},
    readySeconds: undefined,
    command: null,
    pid: undefined,
    ended: new Promise(() => {}),
    lastLog: () => [],
    stop: async () => {},
  };
}

async function startBundled(options: TargetOptions): Promise<Target> {
  const args = [...targetProgram(options.name), "--exit-with-parent", ...(options.flags ?? [])];
  const child = startChild(process.execPath, args, options, false);
  const command = ["node", ...args.map((word) => (isAbsolute(word) ? relative(ROOT, word) : word))].join(" ");
  return fromReadyLine("bundled", child, command, options);
}

async function startCommand(options: TargetOptions, command: string): Promise<Target> {
  if (options.url !== undefined && (await accepts(options.url))) {
    throw new Failure(
      "USAGE",
      `something answers at ${options.url} already: stop it, or leave out --target-cmd`,
    );
  }
  const child = startChild(command, [], options, true);
  if (options.url === undefined) return fromReadyLine("command", child, command, options);
  // A server that knows nothing of our ready line is ready when its port accepts.
  child.process.stdout?.resume();
  const { url } = options;
  const deadline = Date.now() + (options.readyMs ?? READY_MS);
  while (!(await accepts(url))) {
    if (child.ending || Date.now() > deadline) throw await notReady(child, options, `answers at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return running("command", child, command, options, {
    url,
    urls: {},
    adminUrl: undefined,
    members: {},
    env: {},
    readySeconds: undefined,
    pid: child.pid as number,
  });
}

function startChild(
  command: string,
  args: readonly string[],
  { logFile, cwd, env }: TargetOptions,
  shell: boolean,
): Child {
  const log = openSync(logFile, "a");
  try {
    return new Child(command, args, {
      stdio: ["ignore", "pipe", log],
      shell,
      ...(cwd !== undefined && { cwd }),
      ...(env && { env: { ...process.env, ...env } }),
    });
  } finally {
    closeSync(log);
  }
}

async function fromReadyLine(
  kind: "bundled" | "command",
  child: Child,
  command: string,
  options: TargetOptions,
): Promise<Target> {
  const startMs = performance.now();
  const lines = createInterface({ input: child.process.stdout as Readable });
  const ready = await new Promise<z.infer<typeof readyLine> | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), options.readyMs ?? READY_MS);
    const settle = (value?: z.infer<typeof readyLine>) => {
      clearTimeout(timer);
      resolve(value);
    };
    lines.on("line", (line) => {
      const parsed = readyLine.safeParse(jsonOf(line));
      if (parsed.success) settle(parsed.data);
    });
    child.ended.then(
      () => settle(),
      () => settle(),
    );
  });
  if (!ready) throw await notReady(child, options, 'prints {"ready":true,...}');
  const readySeconds = (performance.now() - startMs) / 1000;
  const url = ready.urls[options.variant] ?? Object.values(ready.urls)[0];
  if (url === undefined) {
    await child.stop(STOP_MS);
    throw new Failure("USAGE", "the target's ready line names no urls: add --url, or print them");
  }
  const wrong = Object.values(ready.urls).find(
    (it) => !/^(https?|wss?):\/\/[^/]/.test(it) || !URL.canParse(it),
  );
  if (wrong !== undefined) {
    await child.stop(STOP_MS);
    throw new Failure("USAGE", `the target's ready line has "${wrong}" where http://host:port belongs`);
  }
  return running(kind, child, command, options, {
    url,
    urls: ready.urls,
    adminUrl: ready.admin,
    members: ready.members,
    env: ready.env,
    readySeconds,
    pid: ready.pid,
  });
}

function running(
  kind: "bundled" | "command",
  child: Child,
  command: string,
  { name, logFile }: TargetOptions,
  where: Pick<Target, "url" | "urls" | "adminUrl" | "members" | "env" | "readySeconds"> & { pid: number },
): Target {
  return {
    kind,
    name: kind === "bundled" ? name : new URL(where.url).host,
    command,
    ...where,
    ended: child.ended,
    lastLog: (lines) => tailOf(logFile, lines),
    stop: async () => {
      await child.stop(STOP_MS);
    },
  };
}

/** What to tell when a target did not come up: its own last words say more than ours. */
async function notReady(child: Child, options: TargetOptions, sign: string): Promise<Failure> {
  const { name, logFile, command, readyMs = READY_MS } = options;
  const { ending } = child;
  await child.stop(STOP_MS);
  const last = lastWords(tailOf(logFile, LAST_WORDS_LINES).map(message));
  // A command is the user's own, and so is what a target of ours calls wrong usage.
  const exit = command !== undefined || ending?.exitCode === 2 ? "USAGE" : "FAULT";
  const own = /^error: (.+)/.exec(last ?? "")?.[1];
  if (ending && own !== undefined) return new Failure(exit, `${name}: ${own}`);
  const how = ending
    ? `ended with ${ending.signal ?? `exit code ${ending.exitCode}`} before it was ready`
    : `was not ready within ${readyMs / 1000} s (a target is ready when it ${sign})`;
  const who =
    command === undefined ? `the ${name} target` : (options.calledAs ?? "the command of --target-cmd");
  return new Failure(exit, `${who} ${how}${last ? `: ${last}` : ""}`);
}

/** The sentence in a pino line, or the line itself. */
function message(line: string): string {
  const parsed = z.object({ msg: z.string() }).safeParse(jsonOf(line));
  return parsed.success ? parsed.data.msg : line;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** True when something accepts a connection at a URL's host and port. */
function accepts(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || (/^(https|wss):$/.test(protocol) ? 443 : 80)),
      timeout: 2_000,
    });
    const settle = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}
