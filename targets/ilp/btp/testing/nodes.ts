/** Nodes, their parts and raw peers for tests: real sockets on ports the system chooses. */
import { once } from "node:events";
import type { Socket } from "node:net";
import * as btpPacket from "btp-packet";
import { WebSocket } from "ws";
import type { FrameView } from "../../../../wire/btp.ts";
import { until } from "../../testing/until.ts";
import { type Btp, type BtpOptions, openBtp } from "../btp.ts";
import type { Link, LinkEnd } from "../link.ts";
import type { Failure, Waiting } from "../pending.ts";
import type { Handler, Overload, Session } from "../session.ts";

/** A frame as it was when it came. */
export interface Kept {
  readonly link: Link;
  readonly type: number;
  readonly requestId: number;
  readonly bytes: Buffer;
}

/** A handler that keeps what comes, and answers where it is told to. */
export class Keeper implements Handler {
  readonly messages: Kept[] = [];
  readonly transfers: Kept[] = [];
  readonly downs: LinkEnd[] = [];
  readonly unreached: string[] = [];
  readonly faults: unknown[] = [];
  readonly #onMessage: Handler["onMessage"];

  /** @param onMessage what to do with a Message; nothing unless given */
  constructor(onMessage: Handler["onMessage"] = () => {}) {
    this.#onMessage = onMessage;
  }

  onMessage(link: Link, message: FrameView, overload?: Overload): void {
    this.messages.push(keep(link, message));
    this.#onMessage(link, message, overload);
  }

  onTransfer(link: Link, transfer: FrameView): void {
    this.transfers.push(keep(link, transfer));
    link.acknowledge(transfer.requestId);
  }

  onDown(_: Session, why: LinkEnd): void {
    this.downs.push(why);
  }

  onUnreached(_: Session, why: string): void {
    this.unreached.push(why);
  }

  onFault(_: Session, error: unknown): void {
    this.faults.push(error);
  }
}

function keep(link: Link, { type, requestId, bytes }: FrameView): Kept {
  return { link, type, requestId, bytes: Buffer.from(bytes) };
}

/** Someone who waits, and what became of it. */
export class Waiter implements Waiting {
  readonly answers: { readonly type: number; readonly bytes: Buffer }[] = [];
  readonly failures: Failure[] = [];

  get outcome(): string {
    if (this.answers.length + this.failures.length === 0) return "waiting";
    return [...this.answers.map(({ type }) => `answer ${type}`), ...this.failures].join(", ");
  }

  onAnswer({ type, bytes }: FrameView): void {
    this.answers.push({ type, bytes: Buffer.from(bytes) });
  }

  onFailure(failure: Failure): void {
    this.failures.push(failure);
  }
}

export interface TestNode extends Btp, AsyncDisposable {
  readonly url: string;
  session(peer: string): Session;
}

/** A node that listens and knows the peers ann, bob and cem by the tokens "ann's", "bob's" and "cem's". */
export async function serverNode(handler: Handler, options: Partial<BtpOptions> = {}): Promise<TestNode> {
  const peers = ["ann", "bob", "cem"].map((name) => ({ name, token: `${name}'s` }));
  return testNode(await openBtp({ peers, handler, listen: { port: 0 }, ...options }));
}

/** A node that dials one peer, "hub", with ann's token. */
export async function clientNode(
  url: string,
  handler: Handler = new Keeper(),
  options: Partial<BtpOptions> = {},
): Promise<TestNode> {
  const limits = { retryFirstMs: 10, retryMaxMs: 50, ...options.limits };
  const peers = [{ name: "hub", token: "ann's", url }];
  return testNode(await openBtp({ peers, handler, ...options, limits }));
}

function testNode(btp: Btp): TestNode {
  return {
    ...btp,
    url: `ws://127.0.0.1:${btp.port}`,
    session: (peer) => btp.sessions.get(peer)!,
    [Symbol.asyncDispose]: () => btp.close(0),
  };
}

/** A server, and a client whose link to it is up. */
export async function pair(
  serverHandler: Handler,
  clientHandler: Handler = new Keeper(),
  options: Partial<BtpOptions> = {},
) {
  const server = await serverNode(serverHandler, options);
  const client = await clientNode(server.url, clientHandler, options);
  const [hub, ann] = [client.session("hub"), server.session("ann")];
  await until("both ends to be up", () => hub.up && ann.up);
  return {
    server,
    client,
    /** The client's session, and the server's of the same link. */
    hub,
    ann,
    [Symbol.asyncDispose]: async () => {
      await client.close(0);
      await server.close(0);
    },
  };
}

/** A peer made of `ws` and `btp-packet` alone. */
export class RawPeer implements Disposable {
  readonly webSocket: WebSocket;
  /** What came, as the oracle reads it. */
  readonly packets: btpPacket.BtpPacket[] = [];
  /** What the WebSocket runs on, to write on it what no WebSocket would. */
  socket: Socket | undefined;
  /** The close code, once closed. */
  closed: number | undefined;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on("message", (data) =>
      this.packets.push(btpPacket.deserialize(data as Buffer) as btpPacket.BtpPacket),
    );
    webSocket.on("upgrade", (response) => {
      this.socket = response.socket;
    });
    webSocket.on("close", (code) => {
      this.closed = code;
    });
    webSocket.on("error", () => {}); // an abrupt end is one of the outcomes under test
  }

  static async connect(url: string): Promise<RawPeer> {
    const peer = new RawPeer(new WebSocket(url, { perMessageDeflate: false }));
    await once(peer.webSocket, "open");
    return peer;
  }

  /** Connects and authenticates. */
  static async login(url: string, token: string): Promise<RawPeer> {
    const peer = await RawPeer.connect(url);
    peer.send(authPacket(token));
    await until("the answer to the authentication", () => peer.packets.length === 1);
    return peer;
  }

  send(bytes: Buffer | Uint8Array | string): void {
    this.webSocket.send(bytes);
  }

  [Symbol.dispose](): void {
    this.webSocket.terminate();
  }
}

export function authPacket(token: string, requestId = 9, username?: string): Buffer {
  const text = (protocolName: string, value: string) => ({
    protocolName,
    contentType: btpPacket.MIME_TEXT_PLAIN_UTF8,
    data: Buffer.from(value),
  });
  return btpPacket.serializeMessage(requestId, [
    { protocolName: "auth", contentType: btpPacket.MIME_APPLICATION_OCTET_STREAM, data: Buffer.alloc(0) },
    ...(username === undefined ? [] : [text("auth_username", username)]),
    text("auth_token", token),
  ]);
}

/** A Message with these bytes as its ILP packet; the session does not look into it. */
export function ilpPacket(requestId: number, data: Buffer | string = "packet"): Buffer {
  return btpPacket.serializeMessage(requestId, ilpEntries(data));
}

export const ilpEntries = (data: Buffer | string) => [
  {
    protocolName: "ilp",
    contentType: btpPacket.MIME_APPLICATION_OCTET_STREAM,
    data: Buffer.from(data as string),
  },
];

/** Sends such a Message. */
export function request(
  session: Session,
  waiter: Waiting,
  timeoutMs = 10_000,
  data: Buffer | string = "packet",
) {
  const frame = ilpPacket(0, data);
  return session.request(
    frame.length,
    (requestId, into, at) => {
      into.set(frame, at);
      new DataView(into.buffer, into.byteOffset).setUint32(at + 1, requestId);
      return at + frame.length;
    },
    waiter,
    timeoutMs,
  );
}

/** Answers a Message with a Response that carries what it carried. */
export function echo(link: Link, message: FrameView): void {
  const { bytes, requestId } = message;
  link.respond(requestId, bytes.length, (_, into, at) => {
    into.set(bytes, at);
    into[at] = btpPacket.TYPE_RESPONSE;
    return at + bytes.length;
  });
}
