import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { FrameType, readAuth, readFrame, sizeOfFrame, writeFrame } from "../../../wire/btp.ts";
import type { Clock } from "./clock.ts";
import { BtpError } from "./error.ts";
import { errorFrame } from "./error-frame.ts";
import type { Limits } from "./limits.ts";
import { Link } from "./link.ts";
import type { Session } from "./session.ts";
import { tokenLookup } from "./token.ts";
import { webSocketOptions } from "./websocket-options.ts";

/** Where to listen: an address of one's own, or an HTTP server whose upgrades are all for BTP. */
export type Listen = { readonly host?: string; readonly port: number } | { readonly server: Server };

/** Connections that never became a session's. */
export class DoorCounters {
  /** Wrong tokens, wrong user names, and first frames that are no authentication. */
  authFailures = 0;
  authTimeouts = 0;
  /** First frames that cannot be read. */
  unreadable = 0;
  /** Beyond the limit of connections. */
  turnedAway = 0;
}

export interface BtpServerOptions {
  readonly listen: Listen;
  /** Peers that may connect, and their tokens, by name. */
  readonly accepts: ReadonlyMap<string, { readonly session: Session; readonly token: string }>;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** Accepts peers: the first frame has to authenticate them (RFC 0023, Authentication). */
export class BtpServer {
  readonly counters = new DoorCounters();
  readonly #options: BtpServerOptions;
  readonly #webSockets: WebSocketServer;
  readonly #own: Server | undefined;
  /** Where upgrades come from. */
  readonly #http: Server;
  readonly #nameOf: (token: string) => string | undefined;
  /** When a connection has to be authenticated. */
  readonly #deadlines = new WeakMap<Socket, unknown>();
  /** Connections not authenticated yet. */
  readonly #strangers = new Set<WebSocket>();

  constructor(options: BtpServerOptions) {
    this.#options = options;
    const { listen, limits } = options;
    this.#nameOf = tokenLookup(new Map([...options.accepts].map(([name, { token }]) => [name, token])));
    // Without a server of its own `ws` leaves the listeners of ours, and of someone else's, to us.
    this.#webSockets = new WebSocketServer({ ...webSocketOptions(limits), noServer: true });
    this.#own = "server" in listen ? undefined : this.#ownServer();
    this.#http = "server" in listen ? listen.server : this.#own!;
    this.#http.on("upgrade", this.#onUpgrade);
  }

  /** Where it listens; undefined on someone else's server. */
  get port(): number | undefined {
    return (this.#own?.address() as AddressInfo | null | undefined)?.port;
  }

  /** @throws BtpError NO_SUCH_PORT */
  async listen(): Promise<void> {
    const { listen } = this.#options;
    const own = this.#own;
    if (own === undefined || "server" in listen) return;
    const { host = "127.0.0.1", port } = listen;
    await new Promise<void>((resolve, reject) => {
      // Stays for good: later errors are of connections that could not be accepted, which are no more then.
      own.on("error", (cause) => {
        reject(new BtpError("NO_SUCH_PORT", `cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
      });
      own.listen(port, host, resolve);
    });
  }

  /** Takes no new connections, and ends those that are no session's. */
  turnAway(): void {
    this.#http.off("upgrade", this.#onUpgrade);
    this.#own?.close();
    this.#own?.closeAllConnections();
    for (const webSocket of this.#strangers) webSocket.terminate();
  }

  /** Resolves when every connection is gone; sessions are to be closed before. */
  async close(): Promise<void> {
    this.turnAway();
    await new Promise<void>((resolve) => this.#webSockets.close(() => resolve()));
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#onConnection(webSocket, request),
    );
  };

  #ownServer(): Server {
    const server = createServer((_, response) => {
      response.writeHead(426, { connection: "close" }).end();
    });
    server.maxConnections = this.#options.limits.connections;
    server.on("drop", () => {
      this.counters.turnedAway++;
    });
    server.on("connection", (socket) => this.#startDeadline(socket));
    return server;
  }

  #startDeadline(socket: Socket): void {
    const { clock, limits } = this.#options;
    const deadline = clock.after(limits.authMs, () => {
      this.counters.authTimeouts++;
      socket.destroy();
    });
    this.#deadlines.set(socket, deadline);
    socket.once("close", () => clock.cancel(deadline));
  }

  #onConnection(webSocket: WebSocket, { socket }: IncomingMessage): void {
    // What is wrong with a connection ends it, and the end is what we listen for.
    webSocket.on("error", () => {});
    if (this.#webSockets.clients.size > this.#options.limits.connections) {
      this.counters.turnedAway++;
      webSocket.terminate();
      return;
    }
    if (!this.#deadlines.has(socket)) this.#startDeadline(socket);
    this.#strangers.add(webSocket);
    webSocket.once("close", () => this.#strangers.delete(webSocket));
    webSocket.once("message", (data, isBinary) => this.#onFirst(webSocket, socket, data, isBinary));
  }

  #onFirst(webSocket: WebSocket, socket: Socket, data: RawData, isBinary: boolean): void {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    const session = this.#authenticate(webSocket, data as Buffer, isBinary);
    if (session === undefined) return;
    this.#strangers.delete(webSocket);
    this.#options.clock.cancel(this.#deadlines.get(socket));
    session.attach(new Link(session, webSocket, socket, false));
  }

  /** The session a first frame is for; or it has been answered and the connection is being closed. */
  #authenticate(webSocket: WebSocket, bytes: Buffer, isBinary: boolean): Session | undefined {
    const { accepts } = this.#options;
    let requestId: number;
    let name: string | undefined;
    let why = "the first frame is not an authentication";
    try {
      if (!isBinary) throw new TypeError("a text message");
      const frame = readFrame(bytes);
      requestId = frame.requestId;
      const auth = readAuth(frame);
      if (auth !== undefined) {
        why = "wrong token or user name";
        name = this.#nameOf(auth.token);
        // Who gives a user name has to mean this peer; clients of old send it empty.
        if (auth.username && auth.username !== name) name = undefined;
      }
    } catch {
      // An unreadable frame gets no answer (RFC 0023, Flow).
      this.counters.unreadable++;
      webSocket.close(1002);
      return undefined;
    }
    const session = name === undefined ? undefined : accepts.get(name)?.session;
    const frame =
      session === undefined
        ? errorFrame(requestId, "notAccepted", why)
        : { type: FrameType.response, requestId, entries: [] };
    const answer = Buffer.alloc(sizeOfFrame(frame));
    writeFrame(frame, answer);
    webSocket.send(answer);
    if (session === undefined) {
      this.counters.authFailures++;
      webSocket.close(1008);
    }
    return session;
  }
}
