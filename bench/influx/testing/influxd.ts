/** A real influxd of one's own: free ports, a temporary folder, gone when its test is. */
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freeBase } from "../../../targets/ilp/testing/free-base.ts";
import { Child } from "../../run/child.ts";

export const INFLUXD = process.env.PLIMSOLL_INFLUXD || "/usr/bin/influxd";

/** For the `skip` of tests that need one. */
export const noInfluxd = existsSync(INFLUXD)
  ? false
  : `NOT RUN: no ${INFLUXD}: apt-get install --no-install-recommends influxdb, or name one in PLIMSOLL_INFLUXD`;

const READY_MS = 20_000;
const STOP_MS = 10_000;

/**
 * Keeps an influxd for as long as whoever started it is there: without it, a test that is killed would leave one behind.
 * TERM reaches the whole group, influxd too; the end of our input means that there is nobody left to clean up.
 */
const KEEPER = `
  "$0" -config /dev/null & influxd=$!
  trap 'wait $influxd; exit' TERM
  cat
  kill $influxd; wait $influxd; rm -rf "$1"`;

export interface InfluxdOptions {
  /** Asks for user and password; the first user has to be made by a query. */
  readonly auth?: boolean;
  /** Where it answers; any port that is free unless said. */
  readonly port?: number;
}

export interface Influxd {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** Holds its data. */
  readonly folder: string;
  readonly pid: number | undefined;
  /** Starts it, again after a stop: with the same port and data. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Stops it and removes its data. */
  readonly remove: () => Promise<void>;
}

/** An influxd that is removed with its test. */
export async function influxd(
  t: { readonly after: (done: () => Promise<void>) => void },
  options: InfluxdOptions = {},
): Promise<Influxd> {
  const server = await unstartedInfluxd(options);
  t.after(server.remove);
  await server.start();
  return server;
}

/** One that is not up yet; whoever asks for it removes it. */
export async function unstartedInfluxd({ auth = false, port }: InfluxdOptions = {}): Promise<Influxd> {
  const base = await freeBase();
  const [http, rpc] = [port ?? base, base + 1];
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-influxd-"));
  const origin = `http://127.0.0.1:${http}`;
  let child: Child | undefined;
  const stop = async () => {
    await child?.stop(STOP_MS);
    child = undefined;
  };
  return {
    origin,
    port: http,
    folder,
    get pid() {
      return child?.pid;
    },
    async start() {
      const log = openSync(join(folder, "log"), "a");
      const env = {
        ...process.env,
        INFLUXDB_META_DIR: join(folder, "meta"),
        INFLUXDB_DATA_DIR: join(folder, "data"),
        INFLUXDB_DATA_WAL_DIR: join(folder, "wal"),
        INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
        INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${http}`,
        INFLUXDB_HTTP_AUTH_ENABLED: String(auth),
        INFLUXDB_HTTP_LOG_ENABLED: "false",
        INFLUXDB_REPORTING_DISABLED: "true",
        INFLUXDB_MONITOR_STORE_ENABLED: "false",
      };
      child = new Child("/bin/sh", ["-c", KEEPER, INFLUXD, folder], { stdio: ["pipe", log, log], env });
      closeSync(log);
      const deadline = Date.now() + READY_MS;
      while (!(await answers(origin))) {
        if (child.ending || Date.now() > deadline) {
          throw new Error(`influxd is not up: ${readFileSync(join(folder, "log"), "utf8").slice(-2_000)}`);
        }
        await sleep(20);
      }
    },
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/ping`)).status === 204;
  } catch {
    return false;
  }
}
