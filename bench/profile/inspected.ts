import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { Inspector, inspectorsIn, numberOf } from "./inspector.ts";
import { listensOn } from "./listens-on.ts";

/** A process that can be inspected, and a session with it. */
export interface Inspected {
  readonly pid: number;
  readonly inspector: Inspector;
}

/** More processes than this under one command are not asked. */
const MOST = 64;
/** One that says nothing for so long waits for another, as execSync() does, and serves nobody. */
const ANSWER_MS = 5_000;

/**
 * Sessions with all inspectable processes that wrote an address to a log and are still there. An address has an id that no
 * other process answers to, so these are the ones that the log's writer started, however many shells and npm's lie between.
 *
 * @throws Failure USAGE where there is none
 */
export async function inspectedIn(log: string): Promise<Inspected[]> {
  const urls = inspectorsIn(readFileSync(log, "utf8")).slice(-MOST);
  const found = (await Promise.all(urls.map(sessionAt))).flatMap((one) => one ?? []);
  if (found.length > 0) return found;
  throw new Failure(
    "USAGE",
    urls.length === 0
      ? "the target is no Node process that can be inspected: it wrote no address of an inspector"
      : `no inspector answers at any of the ${urls.length} addresses that the target wrote`,
  );
}

/** What wrote the address may be over: `node build.js && node server.js`. */
async function sessionAt(url: string): Promise<Inspected | undefined> {
  let inspector: Inspector | undefined;
  try {
    inspector = await Inspector.open(url);
    return { pid: await numberOf(inspector, "process.pid", ANSWER_MS), inspector };
  } catch {
    inspector?.close();
    return undefined;
  }
}

/**
 * Of the processes that a command of the user's started, the server: the one that listens on the port that is loaded, or
 * where that is none or several, or nobody tells, the one of them that uses most CPU meanwhile.
 *
 * @param port that is loaded
 * @param meanwhile resolves when enough of the load was on to tell who serves it
 */
export async function serverAmong(
  found: readonly Inspected[],
  port: number,
  meanwhile: () => Promise<unknown>,
): Promise<Inspected> {
  const listeners = found.filter(({ pid }) => listensOn(pid, port));
  const candidates = listeners.length > 0 ? listeners : found;
  if (candidates.length === 1) return candidates[0] as Inspected;
  const before = await Promise.all(candidates.map(cpuUs));
  await meanwhile();
  const after = await Promise.all(candidates.map(cpuUs));
  const used = candidates.map((_, i) => (after[i] as number) - (before[i] as number));
  return candidates[used.indexOf(Math.max(...used))] as Inspected;
}

/** Microseconds of CPU that a process has used; of one that is gone, none. */
function cpuUs({ inspector }: Inspected): Promise<number> {
  return numberOf(inspector, "process.cpuUsage().user + process.cpuUsage().system", ANSWER_MS).catch(() => 0);
}
