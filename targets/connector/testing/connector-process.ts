import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { ReadyLine } from "../connector.ts";

/** The real target, as its users start it: a process on ephemeral ports. */
export interface ConnectorProcess extends AsyncDisposable {
  readonly ready: ReadyLine;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything it wrote to stderr so far. */
  stderr(): string;
  /** Sends a signal and gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** The exit code, when it ends by itself. */
  exited: Promise<number | null>;
}

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** Starts it and waits for the ready line; rejects with its stderr when it ends instead. */
export async function startConnectorProcess(...flags: string[]): Promise<ConnectorProcess> {
  return await started(spawnConnector([], ["--port-base", "0", ...flags]));
}

/** The same with flags for Node itself. */
export async function startConnectorUnder(
  nodeFlags: string[],
  ...flags: string[]
): Promise<ConnectorProcess> {
  return await started(spawnConnector(nodeFlags, ["--port-base", "0", ...flags]));
}

async function started(child: ConnectorProcess["child"]): Promise<ConnectorProcess> {
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exited = once(child, "close").then(([code]) => code as number | null);
  const ready = await new Promise<ReadyLine>((resolve, reject) => {
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const end = stdout.indexOf("\n");
      if (end !== -1) resolve(JSON.parse(stdout.slice(0, end)));
    });
    void exited.then((code) => reject(new Error(`the connector ended with ${code}: ${stderr}`)));
  });
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return exited;
  };
  return {
    ready,
    child,
    exited,
    stop,
    stderr: () => stderr,
    [Symbol.asyncDispose]: async () => {
      await stop("SIGKILL");
    },
  };
}

function spawnConnector(nodeFlags: string[], flags: string[]): ConnectorProcess["child"] {
  // An endpoint in the environment of whoever runs the tests must not become ours.
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...env } = process.env;
  return spawn(process.execPath, [...nodeFlags, MAIN, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs it to its end, for flags with which it does not stay. */
export async function runConnector(
  ...flags: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnConnector([], flags);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}
