import { WebSocket } from "ws";
import { z } from "zod";
import { Failure } from "../failure.ts";

/** A command that has no answer after this is given up: the process stands still, or is gone. */
const ANSWER_MS = 60_000;
/** An address where something else listens by now may never answer. */
const OPEN_MS = 5_000;
/** A heap snapshot comes in chunks of some 100 kB; V8 never sends a message near this. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Characters that are shown of a message that is none. */
const SHOWN = 60;

const messageSchema = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What makes a Node process listen for an inspector on a port that is free, and all it starts too; V8's own protocol. */
export const INSPECTABLE = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

/** Addresses that inspectable processes wrote to a log, in the order in which they came up. */
export function inspectorsIn(log: string): string[] {
  return [...log.matchAll(/^Debugger listening on (ws:\/\/\S+)$/gm)].map(([, url]) => url as string);
}

/** A session with the inspector of a Node process: commands of the DevTools protocol, and its events. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #heard = new Map<string, (params: unknown) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#hear(String(data)));
    socket.on("close", () => this.#abandon("the process is gone"));
    socket.on("error", (error) => this.#abandon(error.message));
  }

  /** @throws Failure FAULT where nothing listens at the address */
  static async open(url: string): Promise<Inspector> {
    const socket = new WebSocket(url, {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_MS,
    });
    const inspector = new Inspector(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (error) =>
        reject(new Failure("FAULT", `no inspector answers at ${url}: ${error.message}`)),
      );
    });
    return inspector;
  }

  /**
   * Sends a command.
   *
   * @returns what the process answers
   * @throws Failure FAULT when it refuses, is gone, or says nothing for `withinMs`
   */
  send(method: string, params: object = {}, withinMs = ANSWER_MS): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(new Failure("FAULT", `${method}: the process is gone`));
        return;
      }
      const timer = setTimeout(() => this.#settle(id, `no answer within ${withinMs / 1000} s`), withinMs);
      this.#waiting.set(id, {
        resolve,
        reject: (error) => reject(new Failure("FAULT", `${method}: ${error.message}`)),
        timer,
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** What to do with each event of a name; one listener a name. Where it throws, the session ends. */
  on(method: string, listener: (params: unknown) => void): void {
    this.#heard.set(method, listener);
  }

  /** Takes nothing more from the process until `resume`, so that what comes faster than it can be kept waits there. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The process goes on by itself. */
  close(): void {
    this.#socket.terminate();
  }

  /** Whoever is on the other side may say anything. Thrown here, it would end us: it ends the session. */
  #hear(text: string): void {
    try {
      const { id, method, params, result, error } = messageSchema.parse(JSON.parse(text));
      if (id !== undefined) this.#settle(id, error?.message, result);
      else if (method !== undefined) this.#heard.get(method)?.(params);
    } catch {
      this.#abandon(`it sent what is no message of an inspector: ${JSON.stringify(text.slice(0, SHOWN))}`);
      this.close();
    }
  }

  #settle(id: number, error: string | undefined, result?: unknown): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error));
  }

  #abandon(why: string): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, why);
  }
}

const evaluated = z.object({ result: z.object({ value: z.number() }) });

/** What an expression comes to in an inspected process. */
export async function numberOf(
  inspector: Inspector,
  expression: string,
  withinMs = ANSWER_MS,
): Promise<number> {
  return evaluated.parse(await inspector.send("Runtime.evaluate", { expression }, withinMs)).result.value;
}
