import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import type { Address } from "./address.ts";
import { type Answer, createDatabase, write } from "./server.ts";

/** A database that is started together with the run is waited for so long. */
const WAIT_MS = 5_000;
const ASK_AGAIN_MS = 250;

/** What a database would do with points. */
export type Readiness =
  | { readonly state: "ready"; readonly version: string | undefined }
  | { readonly state: "missing" }
  /** Nobody is there, or it is not up yet. */
  | { readonly state: "silent"; readonly why: string }
  /** It will not take points, now or later. */
  | { readonly state: "wrong"; readonly why: string };

export interface OpenOptions {
  /** How long a server that does not answer is waited for. */
  readonly waitMs?: number;
  /** Whether one that still does not answer then is a Failure, as unless said, or left to whoever writes to it. */
  readonly mustAnswer?: boolean;
}

/**
 * Makes sure, before anything else is started, that points will be taken; makes the database when there is none. A
 * Failure says in one line what to do.
 *
 * @param say tells people that something is waited for
 */
export async function openDatabase(
  to: Address,
  say: (line: string) => void,
  { waitMs = WAIT_MS, mustAnswer = true }: OpenOptions = {},
): Promise<void> {
  const deadline = Date.now() + waitMs;
  let found = await askedOnce(to, deadline);
  if (found.state === "silent" && Date.now() < deadline)
    say(`waiting for InfluxDB at ${to.origin} (${found.why})`);
  while (found.state === "silent" && Date.now() < deadline) {
    await sleep(ASK_AGAIN_MS);
    found = await askedOnce(to, deadline);
  }
  if (found.state === "missing") {
    found = await made(to);
    if (found.state === "ready") say(`there was no database "${to.database}" at ${to.origin}: it was made`);
  }
  if (found.state === "silent" && mustAnswer) {
    throw new Failure(
      "USAGE",
      `no InfluxDB answers at ${to.origin} (${found.why}): start it, or correct the address`,
    );
  }
  if (found.state === "wrong") throw new Failure("USAGE", found.why);
}

/** Asks whether points would be taken, without writing any. */
export async function askDatabase(to: Address, timeoutMs: number = WAIT_MS): Promise<Readiness> {
  // An empty write passes everything that a full one has to: the user, the database, the right to write to it.
  return readinessOf(to, await write(to, [], AbortSignal.timeout(timeoutMs)));
}

function askedOnce(to: Address, deadline: number): Promise<Readiness> {
  return askDatabase(to, Math.max(ASK_AGAIN_MS, deadline - Date.now()));
}

function readinessOf(to: Address, { status, error, version }: Answer): Readiness {
  const said = error === "" ? "" : ` (${error})`;
  // 400: it knows us and the database, and misses the points.
  if (status === 204 || ((status === 200 || status === 400) && version !== undefined)) {
    return { state: "ready", version };
  }
  if (status === 404 && /database not found/i.test(error)) return { state: "missing" };
  if (status === 401) return { state: "wrong", why: userRefused(to) };
  if (status === 403) {
    const why = `InfluxDB at ${to.origin} does not let this user write to "${to.database}"${said}: GRANT WRITE ON it`;
    return { state: "wrong", why };
  }
  if (status === 0 || status >= 500) return { state: "silent", why: error || `status ${status}` };
  return {
    state: "wrong",
    why: `what answers at ${to.origin} is no InfluxDB 1.x: POST /write gives ${status}`,
  };
}

async function made(to: Address): Promise<Readiness> {
  const { status, error } = await createDatabase(to, AbortSignal.timeout(WAIT_MS));
  if (status === 200 && error === "") return askDatabase(to);
  if (status === 401) return { state: "wrong", why: userRefused(to) };
  const said = error || `status ${status}`;
  const why = `InfluxDB at ${to.origin} has no database "${to.database}" and will not make it (${said}): have it made`;
  return { state: "wrong", why };
}

function userRefused({ origin, authorization }: Address): string {
  return authorization === undefined
    ? `InfluxDB at ${origin} asks for a user: http://user:password@host:8086/database`
    : `InfluxDB at ${origin} refuses the user or the password in --influx`;
}
