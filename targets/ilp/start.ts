/** The process: command line, ready line, signals, exit codes. main.ts imports it, and that runs it. */
import { existsSync, fstatSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { ClaimError } from "./claims/error.ts";
import { parseCli, type Settings } from "./cli.ts";
import { ConfigError, readConfig } from "./config/config.ts";
import type { NodeConfig } from "./config/node-config.ts";
import { forgetLedger } from "./ledger/forget-ledger.ts";
import { LedgerError } from "./ledger/ledger.ts";
import { checkFiles } from "./network/check-files.ts";
import { NetworkError, startNetwork } from "./network/network.ts";
import { networkPlan } from "./network/plan.ts";
import { startAdmin } from "./node/admin.ts";
import { startNode } from "./node/node.ts";
import { startReceiver } from "./receiver/receiver.ts";
import { startHub } from "./telemetry/hub.ts";

/** Signals this soon after the first are the same wish. */
const SAME_STOP_MS = 1_000;

const cli = parseCli(process.argv.slice(2));
if (cli.kind === "exit") {
  process.stdout.write(cli.stdout);
  process.stderr.write(cli.stderr);
  process.exit(cli.exitCode);
}

const log = pino({ base: { pid: process.pid, role: cli.settings.role } }, pino.destination(2));

// A bug of ours: the state is unknown, so say so and end, instead of carrying on with it.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error) => {
    log.fatal({ err: error }, event);
    process.exit(1);
  });
}

try {
  const close = await start(cli.settings);
  let stoppingSinceMs: number | undefined;
  const stop = async () => {
    const nowMs = performance.now();
    // Whoever stops a network may signal its whole group, and the network each member: that is one stop, not two.
    if (stoppingSinceMs !== undefined && nowMs - stoppingSinceMs < SAME_STOP_MS) return;
    if (stoppingSinceMs !== undefined) process.exit(1);
    stoppingSinceMs = nowMs;
    await close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  // A network holds the other end of a pipe to each of its members, which Node makes a socket: when it is gone, so are they.
  // A shell, nohup or systemd give a file or /dev/null, whose end means nothing.
  if (cli.settings.role !== "network" && fstatSync(0).isSocket()) process.stdin.on("end", stop).resume();
} catch (error) {
  process.stderr.write(`error: ${lineOf(error)}\n`);
  process.exit(isUsers(error) ? 2 : 1);
}

/** Starts one role; gives what ends it again. */
async function start(settings: Settings): Promise<() => Promise<void>> {
  switch (settings.role) {
    case "hub": {
      const hub = await startHub({ port: settings.port });
      log.info(`telemetry at ${hub.url}`);
      return () => hub.close();
    }
    case "receiver": {
      const receiver = await startReceiver({
        url: settings.dial,
        ...settings,
        note: (level, message) => log[level](message),
      });
      return () => receiver.close();
    }
    case "node": {
      const config = moved(readConfig(settings.config), settings.portShift);
      log.level = config.logLevel;
      if (settings.freshLedger) forgetLedger(config.ledger);
      const node = await startNode(config, log);
      const admin = await startAdmin(node);
      log.info(
        `peers at ws://${config.btp.host}:${node.btp.port}, metrics at http://127.0.0.1:${admin.port}`,
      );
      return async () => {
        await node.close();
        await admin.close();
      };
    }
    case "network":
      return network(settings);
  }
}

async function network(settings: Extract<Settings, { role: "network" }>) {
  const { nodes, portBase, networks = networksFolder(), profile, exitWithParent } = settings;
  const plan = networkPlan(nodes, networks, portBase, profile);
  checkFiles(plan);
  const running = await startNetwork(plan, log);
  if (exitWithParent) {
    // A parent that was killed with SIGKILL cannot stop us; the system then gives us another parent.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 1000).unref();
  }
  running.lost.then(({ name, why }) => {
    process.stderr.write(`error: ${name} ended${why === undefined ? "" : `: ${why}`}\n`);
    process.exit(1);
  });
  const { ingress, hub, destination, members } = plan;
  const all = members
    .map(
      ({ name, admin }) =>
        [name, { pid: running.pids[name], ...(admin !== undefined && { admin }) }] as const,
    )
    // The connectors in the order of a packet, then who serves them.
    .sort(([, a], [, b]) => Number("admin" in b) - Number("admin" in a));
  const ready = {
    ready: true,
    target: "ilp",
    pid: process.pid,
    admin: members.find(({ admin }) => admin !== undefined)?.admin,
    urls: { ilp: ingress },
    members: Object.fromEntries(all),
    env: { DESTINATION: destination, HUB: hub },
    readyMs: Math.round(running.readyMs),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  return () => running.close();
}

/** The YAML files lie beside the sources, also where this is a bundle in dist/targets/. */
function networksFolder(): string {
  const beside = join(import.meta.dirname, "networks");
  return existsSync(beside) ? beside : join(import.meta.dirname, "..", "..", "targets", "ilp", "networks");
}

/** A node's configuration with all its ports moved, so that two networks fit on one machine. */
function moved(config: NodeConfig, shift: number): NodeConfig {
  if (shift === 0) return config;
  const movedUrl = (text: string) => {
    const url = new URL(text);
    url.port = String(Number(url.port) + shift);
    return url.href.replace(/\/$/, "");
  };
  const { btp, admin, telemetry, ledger, peers } = config;
  return {
    ...config,
    btp: { ...btp, port: btp.port + shift },
    admin: { port: admin.port + shift },
    peers: peers.map((peer) => ({
      ...peer,
      dial: peer.dial === undefined ? undefined : movedUrl(peer.dial),
    })),
    telemetry: { ...telemetry, hub: telemetry.hub === undefined ? undefined : movedUrl(telemetry.hub) },
    ledger: ledger.kind === "sqlite" ? { ...ledger, file: `${ledger.file}.${btp.port + shift}` } : ledger,
  };
}

/** What the user can mend, and not we. */
function isUsers(error: unknown): boolean {
  return (
    error instanceof ConfigError ||
    (error instanceof NetworkError && error.code !== "NOT_READY") ||
    (error instanceof ClaimError && error.code === "CLAIMS_FILE") ||
    error instanceof LedgerError ||
    (error as NodeJS.ErrnoException).code === "EADDRINUSE"
  );
}

function lineOf(error: unknown): string {
  if (error instanceof NetworkError || isUsers(error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
