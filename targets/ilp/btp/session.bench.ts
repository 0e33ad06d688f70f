/**
 * Frames a second, and CPU time a frame, through a session in each of two processes: one sends Messages of 159 bytes,
 * the other answers with a Fulfill of 49. Beside it the same over plain `ws`, with a write for each message, and with the
 * socket corked until the turn ends. Rounds in random order: on a shared machine only ratios within a round hold.
 *
 *     node targets/ilp/btp/session.bench.ts [--rounds 5] [--frames 100000]      half a minute
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { WebSocket, WebSocketServer } from "ws";
import {
  FrameType,
  FrameView,
  patchRequestId,
  readFrame,
  writeFulfillFrame,
  writePrepareFrame,
} from "../../../wire/btp.ts";
import { type Handler, openBtp, type Waiting } from "./btp.ts";

const WAYS = ["session", "ws corked", "ws"] as const;
type Way = (typeof WAYS)[number];

/** Requests under way at a time: about what 20,000 a second have at 1 and at 10 ms. */
const WINDOWS = [20, 200] as const;

const PREPARE = new Uint8Array(159);
writePrepareFrame(
  0,
  {
    amount: 1_000_000n,
    expiresAtMs: Date.now() + 60_000,
    condition: Buffer.alloc(32, 1),
    destination: "test.receiver.001",
    data: Buffer.alloc(64, 2),
  },
  PREPARE,
);
const FULFILL = new Uint8Array(49);
writeFulfillFrame(0, { fulfillment: Buffer.alloc(32, 1), data: new Uint8Array(0) }, FULFILL);

/** What one side has used since it was made, in microseconds of CPU time. */
function cpuMeter(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
}

/** Sends by `ws` alone, a message at a time, or with the socket corked from the first of a turn to the turn's end. */
function plainSender(webSocket: WebSocket, socket: Socket, corked: boolean): (frame: Uint8Array) => void {
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    socket.uncork();
  };
  return (frame) => {
    if (corked && !isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(uncork);
    }
    webSocket.send(frame);
  };
}

async function answerer(way: Way): Promise<void> {
  const meter = cpuMeter();
  const tell = (message: object) => process.send!(message);
  process.on("message", () => tell({ us: meter() }));
  if (way === "session") {
    const handler: Handler = {
      onMessage: (link, { requestId }) => link.respond(requestId, FULFILL.length, writeFulfill),
      onTransfer: () => {},
    };
    const { port } = await openBtp({
      peers: [{ name: "ann", token: "t" }],
      handler,
      listen: { port: 0 },
      limits: { keepAliveMs: 60_000 },
    });
    tell({ port });
    return;
  }
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const view = new FrameView();
  server.on("connection", (webSocket, { socket }) => {
    const send = plainSender(webSocket, socket, way === "ws corked");
    webSocket.on("message", (data) => {
      const { requestId } = readFrame(data as Buffer, view);
      const frame = Buffer.allocUnsafe(FULFILL.length);
      writeFulfill(requestId, frame, 0);
      send(frame);
    });
  });
  http.listen(0, "127.0.0.1", () => tell({ port: (http.address() as AddressInfo).port }));
}

function writeFulfill(requestId: number, into: Uint8Array, at: number): number {
  into.set(FULFILL, at);
  patchRequestId(requestId, into, at);
  return at + FULFILL.length;
}

function writePrepare(requestId: number, into: Uint8Array, at: number): number {
  into.set(PREPARE, at);
  patchRequestId(requestId, into, at);
  return at + PREPARE.length;
}

/** How one side asks: `ask` sends a request and calls `onAnswer` for each answer there is. */
interface Asking {
  ask(): void;
  close(): Promise<void> | void;
}

async function askBySession(port: number, onAnswer: () => void): Promise<Asking> {
  const up = Promise.withResolvers<void>();
  const handler: Handler = { onMessage() {}, onTransfer() {}, onUp: () => up.resolve() };
  const peers = [{ name: "hub", token: "t", url: `ws://127.0.0.1:${port}` }];
  const btp = await openBtp({ peers, handler });
  const hub = btp.sessions.get("hub")!;
  const waiting: Waiting = {
    onAnswer,
    onFailure: (failure) => {
      throw new Error(failure);
    },
  };
  await up.promise;
  return {
    ask: () => {
      const refusal = hub.request(PREPARE.length, writePrepare, waiting, 30_000);
      if (refusal !== undefined) throw new Error(refusal);
    },
    close: () => btp.close(),
  };
}

async function askByWs(port: number, corked: boolean, onAnswer: () => void): Promise<Asking> {
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  const upgraded = once(webSocket, "upgrade");
  await once(webSocket, "open");
  const [{ socket }] = (await upgraded) as [{ socket: Socket }];
  const send = plainSender(webSocket, socket, corked);
  const view = new FrameView();
  const waiting = new Map<number, () => void>();
  let nextId = 0;
  webSocket.on("message", (data) => {
    const { type, requestId } = readFrame(data as Buffer, view);
    const found = waiting.get(requestId);
    if (type !== FrameType.response || found === undefined) throw new Error("no answer of ours");
    waiting.delete(requestId);
    found();
  });
  return {
    ask: () => {
      const requestId = nextId++;
      const frame = Buffer.allocUnsafe(PREPARE.length);
      writePrepare(requestId, frame, 0);
      waiting.set(requestId, onAnswer);
      send(frame);
    },
    close: () => webSocket.close(),
  };
}

interface Result {
  readonly perSecond: number;
  /** CPU time of a request and its answer, in microseconds. */
  readonly askUs: number;
  readonly answerUs: number;
}

/** One asker in this process against an answerer in another. */
async function measure(way: Way, window: number, frames: number): Promise<Result> {
  const child = fork(new URL(import.meta.url).pathname, ["--answer", way]);
  try {
    const { port } = await said<{ port: number }>(child);
    let [sent, answered] = [0, 0];
    let done = Promise.withResolvers<void>();
    let until = 0;
    const onAnswer = () => {
      if (sent < until) {
        sent++;
        asking.ask();
      }
      if (++answered === until) done.resolve();
    };
    const asking: Asking =
      way === "session"
        ? await askBySession(port, onAnswer)
        : await askByWs(port, way === "ws corked", onAnswer);
    const exchange = async (count: number) => {
      done = Promise.withResolvers<void>();
      until += count;
      for (let i = 0; i < window; i++) {
        sent++;
        asking.ask();
      }
      await done.promise;
    };
    const used = async () => {
      child.send({});
      return (await said<{ us: number }>(child)).us;
    };
    await exchange(frames / 4); // warm-up
    const before = await used();
    const [meter, start] = [cpuMeter(), performance.now()];
    await exchange(frames);
    const seconds = (performance.now() - start) / 1000;
    const askUs = meter() / frames;
    const answerUs = ((await used()) - before) / frames;
    await asking.close();
    return { perSecond: frames / seconds, askUs, answerUs };
  } finally {
    child.kill();
  }
}

async function said<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, "message");
  return message as T;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

async function main(rounds: number, frames: number): Promise<void> {
  const cells = WINDOWS.flatMap((window) => WAYS.map((way) => ({ window, way, results: [] as Result[] })));
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`\rround ${round} of ${rounds}`);
    const order = cells.map((cell) => ({ cell, key: Math.random() })).sort((a, b) => a.key - b.key);
    for (const { cell } of order) cell.results.push(await measure(cell.way, cell.window, frames));
  }
  process.stderr.write(`\r${" ".repeat(30)}\r`);
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  console.log(
    `Messages of ${PREPARE.length} bytes answered with ${FULFILL.length}, two processes; ${rounds} rounds of ${frames.toLocaleString("en")}, interleaved, medians\n`,
  );
  console.log(
    "under way  by          requests/s   CPU us a request: asking  answering   CPU beside a session (range)",
  );
  for (const { window, way, results } of cells) {
    const sessions = cells.find((cell) => cell.window === window && cell.way === "session")!.results;
    const ratios = results.map(
      ({ askUs, answerUs }, i) => (askUs + answerUs) / (sessions[i]!.askUs + sessions[i]!.answerUs),
    );
    const of = (field: keyof Result) => median(results.map((result) => result[field]));
    console.log(
      `${String(window).padStart(9)}  ${way.padEnd(10)}${Math.round(of("perSecond")).toLocaleString("en").padStart(12)}` +
        `${of("askUs").toFixed(2).padStart(27)}${of("answerUs").toFixed(2).padStart(11)}   ` +
        (way === "session"
          ? ""
          : `${median(ratios).toFixed(1)}x (${Math.min(...ratios).toFixed(1)}-${Math.max(...ratios).toFixed(1)})`),
    );
  }
}

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    frames: { type: "string", default: "100000" },
    answer: { type: "string" },
  },
});
if (flags.answer !== undefined) await answerer(flags.answer as Way);
else await main(Number(flags.rounds), Number(flags.frames));
