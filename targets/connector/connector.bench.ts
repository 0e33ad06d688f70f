/**
 * How many requests a second the connector serves, and what one costs, beside a bare connect-node server and beside the
 * least node:http can do. Ratios of one run, blocks interleaved in random order: on a shared machine nothing else holds.
 *
 *     node targets/connector/connector.bench.ts [--rounds 7] [--seconds 2] [--connections 32]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "32" },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const connections = Number(flags.connections);

/** A server under load, in a process of its own. */
interface Server {
  readonly label: string;
  readonly child: ChildProcess;
  readonly url: string;
}

/** One block: load on one server alone. */
interface Block {
  readonly requestsPerSecond: number;
  /** Server CPU microseconds a request, from the kernel's accounting of the process; NaN where there is none. */
  readonly cpuUs: number;
}

const path = (file: string) => new URL(file, import.meta.url).pathname;

/** Starts a server and reads its address from the first line it prints. Its log, a line a request, goes to /dev/null. */
function start(
  label: string,
  file: string,
  args: string[],
  urlOf: (line: string) => string,
): Promise<Server> {
  const child = spawn(process.execPath, [path(file), ...args], { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) resolve({ label, child, url: urlOf(text.slice(0, end)) });
    });
  });
}

/** CPU time of a process in microseconds: fields 14 and 15 of proc(5) stat, in ticks of 10 ms. */
function cpuUs({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

async function block(server: Server): Promise<Block> {
  const before = cpuUs(server.child);
  const result = await autocannon({
    url: `${server.url}/greeter.v1.GreeterService/SayHello`,
    method: "POST",
    headers: { "content-type": "application/json", "connect-protocol-version": "1" },
    body: '{"name":"World"}',
    connections,
    duration: seconds,
  });
  const failed = result.errors + result.non2xx;
  if (failed > 0) throw new Error(`${server.label}: ${failed} requests failed`);
  const requests = result.requests.total;
  return { requestsPerSecond: requests / result.duration, cpuUs: (cpuUs(server.child) - before) / requests };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** "4.21x (3.98-4.40)": median and range of the rounds' ratios. */
function ratio(values: readonly number[]): string {
  return `${median(values).toFixed(2)}x (${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)})`;
}

const localhost = (line: string) => `http://127.0.0.1:${line}`;
const variantUrl = (variant: string) => (line: string) => JSON.parse(line).urls[variant] as string;
const target = ["--port-base", "0", "--log-level", "info"];
const servers = await Promise.all([
  start("bare connect-node", "bench/bare.ts", [], localhost),
  start("connector, none", "main.ts", [...target, "--variants", "none"], variantUrl("none")),
  start("connector, full", "main.ts", [...target, "--variants", "full"], variantUrl("full")),
  start("node:http floor", "bench/floor.ts", [], localhost),
]);

try {
  const blocks = new Map<Server, Block[]>(servers.map((server) => [server, []]));
  for (const server of servers) await block(server); // warm-up
  for (let round = 1; round <= rounds; round++) {
    for (const server of shuffled(servers)) {
      process.stderr.write(`\rround ${round} of ${rounds}: ${server.label.padEnd(20)}`);
      blocks.get(server)!.push(await block(server));
    }
  }
  process.stderr.write(`\r${" ".repeat(50)}\r`);

  const { dependencies } = JSON.parse(readFileSync(path("../../package.json"), "utf8"));
  console.log(
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, connect ${dependencies["@connectrpc/connect"]}`,
  );
  console.log(`${rounds} rounds of ${seconds} s a server, ${connections} connections, interleaved\n`);
  console.log(
    `${"".padEnd(18)}${"req/s".padStart(7)}  ${"of bare (range)".padEnd(20)}${"CPU us".padStart(7)}  of bare (range)`,
  );
  const bare = blocks.get(servers[0]!)!;
  for (const server of servers) {
    const own = blocks.get(server)!;
    const row = [
      server.label.padEnd(18),
      median(own.map((b) => b.requestsPerSecond))
        .toFixed(0)
        .padStart(7),
      `  ${ratio(own.map((b, i) => b.requestsPerSecond / bare[i]!.requestsPerSecond)).padEnd(20)}`,
      median(own.map((b) => b.cpuUs))
        .toFixed(1)
        .padStart(7),
      `  ${ratio(own.map((b, i) => b.cpuUs / bare[i]!.cpuUs))}`,
    ];
    console.log(row.join(""));
  }
  console.log("\nCPU us: server CPU time a request, user and system. The load generator shares the cores");
  console.log("and limits the faster servers' req/s, so CPU time is the truer ratio.");
} finally {
  for (const { child } of servers) {
    child.removeAllListeners("exit");
    child.kill("SIGKILL");
  }
}
