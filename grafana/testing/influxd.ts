/** A real influxd for a test: free ports, a folder of its own, both gone when the test is. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const INFLUXD = process.env.PLIMSOLL_INFLUXD || "/usr/bin/influxd";

/** For the `skip` of tests that need one. */
export const noInfluxd = existsSync(INFLUXD)
  ? false
  : `NOT RUN: no ${INFLUXD}: apt-get install --no-install-recommends influxdb, or name one in PLIMSOLL_INFLUXD`;

const READY_MS = 20_000;

export interface Influxd {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
}

export async function influxd(t: { readonly after: (done: () => Promise<void>) => void }): Promise<Influxd> {
  const [http, rpc] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-influxd-"));
  const env = {
    ...process.env,
    INFLUXDB_META_DIR: join(folder, "meta"),
    INFLUXDB_DATA_DIR: join(folder, "data"),
    INFLUXDB_DATA_WAL_DIR: join(folder, "wal"),
    INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
    INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${http}`,
    INFLUXDB_HTTP_LOG_ENABLED: "false",
    INFLUXDB_REPORTING_DISABLED: "true",
    INFLUXDB_MONITOR_STORE_ENABLED: "false",
  };
  const child = spawn(INFLUXD, ["-config", "/dev/null"], { env, stdio: "ignore" });
  t.after(async () => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = `http://127.0.0.1:${http}`;
  const deadline = Date.now() + READY_MS;
  while (!(await answers(origin))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`influxd is not up at ${origin}`);
    await sleep(20);
  }
  return { origin };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function answers(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/ping`)).status === 204;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
