import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { portHolder } from "../../port-holder.ts";
import type { Health } from "../node/admin.ts";
import type { Member, NetworkPlan } from "./plan.ts";

/** A network that is up. */
export interface Network {
  /** How long it took until every session was up and every route loaded. */
  readonly readyMs: number;
  /** Process ids by member. */
  readonly pids: Readonly<Record<string, number>>;
  /** Resolves when a member ends that was not asked to. */
  readonly lost: Promise<Loss>;
  /** Ends all members and waits for it. */
  close(): Promise<void>;
}

/** A member that ended. */
export interface Loss {
  readonly name: string;
  readonly exitCode: number | null;
  /** The last error that it wrote, without its `error: `. */
  readonly why: string | undefined;
}

/** A network that did not come up; the message is one line. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  readonly code: "NOT_READY" | "BAD_MEMBER" | "PORT_TAKEN" | "BAD_PORT";

  constructor(code: NetworkError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** A network is up within this, or it will not be. */
const READY_MS = 30_000;
/** Members get their own time to answer what is under way, and then a little more. */
const STOP_MS = 6_000;
const POLL_MS = 50;

/** Starts every process of a plan and waits until the network carries packets. */
export async function startNetwork(plan: NetworkPlan, log: Logger): Promise<Network> {
  for (const port of plan.members.flatMap(({ ports = [] }) => ports)) await needFree(port);
  const startedMs = performance.now();
  const children = new Map<string, ChildProcess>();
  let closing = false;
  const lost = Promise.withResolvers<Loss>();
  const killAll = () => {
    for (const child of children.values()) child.kill("SIGKILL");
  };
  process.on("exit", killAll);
  const close = async () => {
    closing = true;
    const ends = [...children.values()].map((child) => ended(child));
    for (const child of children.values()) child.kill("SIGTERM");
    await Promise.race([Promise.all(ends), sleep(STOP_MS, undefined, { ref: false })]);
    killAll();
    process.off("exit", killAll);
  };
  try {
    for (const member of plan.members) {
      const { name } = member;
      const child = startMember(member);
      children.set(name, child);
      const why = errorsOf(child);
      // When all that it wrote is here, too.
      child.once("close", (exitCode, signal) => {
        if (closing) return;
        log.error({ member: name, code: exitCode, signal }, "a member of the network ended");
        lost.resolve({ name, exitCode, why: why() });
      });
    }
    for (const member of plan.members) await ready(member, lost.promise);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    readyMs: performance.now() - startedMs,
    pids: Object.fromEntries([...children].map(([name, { pid }]) => [name, pid as number])),
    lost: lost.promise,
    close,
  };
}

/** A taken port is told here, where there is one line to tell, and not by a member that ends. */
async function needFree(port: number): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  if (free) return;
  const holder = portHolder(port);
  const by = holder === undefined ? "" : ` by process ${holder.pid} (${holder.command})`;
  throw new NetworkError(
    "PORT_TAKEN",
    `port ${port} is taken${by}; stop it, or choose others with --port-base`,
  );
}

function startMember({ args, nodeFlags = [] }: Member): ChildProcess {
  // The same program in another role; it ends when this process does, however that ends.
  const program = [...process.execArgv, ...nodeFlags, process.argv[1] as string];
  return spawn(process.execPath, [...program, ...args], { stdio: ["pipe", "ignore", "pipe"] });
}

/** Passes on what a member writes, and keeps its last error. */
function errorsOf({ stderr }: ChildProcess): () => string | undefined {
  let last: string | undefined;
  if (stderr === null) throw new Error("a member without stderr");
  createInterface({ input: stderr }).on("line", (line) => {
    process.stderr.write(`${line}\n`);
    last = /^error: (.+)/.exec(line)?.[1] ?? last;
  });
  return () => last;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Waits for a node's sessions and routes. Hub and receiver show in the nodes' own. */
async function ready({ name, admin, peers = [] }: Member, lost: Promise<Loss>): Promise<void> {
  if (admin === undefined) return;
  let gone: Loss | undefined;
  lost.then((loss) => {
    gone = loss;
  });
  const deadline = performance.now() + READY_MS;
  let missing: readonly string[] = peers;
  while (performance.now() < deadline) {
    if (gone !== undefined) {
      const why = gone.why === undefined ? "" : `: ${gone.why}`;
      throw new NetworkError(
        gone.exitCode === 2 ? "BAD_MEMBER" : "NOT_READY",
        `${gone.name} ended before the network was ready${why}`,
      );
    }
    const health = await healthOf(admin);
    if (health !== undefined && health.routes > 0) {
      missing = peers.filter((peer) => !health.peers[peer]);
      if (missing.length === 0) return;
    }
    await sleep(POLL_MS);
  }
  throw new NetworkError(
    "NOT_READY",
    `${name} was not ready within ${READY_MS / 1000} s: no session with ${missing.join(", ")}`,
  );
}

async function healthOf(admin: string): Promise<Health | undefined> {
  try {
    return (await (await fetch(`${admin}/health`, { signal: AbortSignal.timeout(1_000) })).json()) as Health;
  } catch (error) {
    // The Fetch Standard has a list of ports that are not to be asked; whoever reads our metrics meets it too.
    if (error instanceof TypeError && (error.cause as Error | undefined)?.message === "bad port")
      throw new NetworkError(
        "BAD_PORT",
        `HTTP clients refuse to ask ${admin}: choose other ports (--port-base)`,
      );
    return undefined;
  }
}
