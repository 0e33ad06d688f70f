import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { type Frame, FrameType, FrameView, readFrame, sizeOfFrame, writeFrame } from "../../../wire/btp.ts";
import { type BtpCodeName, errorFrame } from "./error-frame.ts";
import { Liveness } from "./liveness.ts";
import { type FrameWriter, Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";

/** How a link ends by our doing: the WebSocket close code, or none where a close frame would not get through. */
const CLOSE_CODE = {
  GOING_AWAY: 1001,
  PROTOCOL: 1008,
  REPLACED: 4000,
  STALLED: undefined,
  OVERFLOW: undefined,
  SILENT: undefined,
} as const;

const TOO_MANY = "too many requests at a time";

/** Why a link ended: by our doing, or `CLOSED` by the peer or the network. */
export type LinkEnd = keyof typeof CLOSE_CODE | "CLOSED";

/**
 * One authenticated WebSocket, from its authentication to its end. A request is answered on the link it came by, and on
 * no other: ids mean nothing beyond a link.
 */
export class Link {
  readonly session: Session;
  readonly #webSocket: WebSocket;
  readonly #outbox: Outbox;
  /** Used again for every frame. */
  readonly #view = new FrameView();
  /** Requests of the peer we have not answered. */
  readonly #inbound = new Set<number>();
  #unreadable = 0;
  #end: LinkEnd | undefined;
  readonly #liveness: Liveness;
  #check: unknown;

  /**
   * @param webSocket open, and nobody else's any more
   * @param socket what `webSocket` runs on
   * @param masked true for the client's side
   */
  constructor(session: Session, webSocket: WebSocket, socket: Duplex, masked: boolean) {
    this.session = session;
    this.#webSocket = webSocket;
    this.#outbox = new Outbox(webSocket, socket, masked);
    this.#liveness = new Liveness(session.limits, session.clock.now());
    const heard = () => this.#liveness.heard();
    webSocket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    webSocket.on("error", () => session.counters.protocolErrors++);
    webSocket.on("ping", heard);
    webSocket.on("pong", heard);
    webSocket.once("close", () => this.#ended());
    this.#checkLater();
  }

  /** The peer's name. */
  get peer(): string {
    return this.session.peer;
  }

  get up(): boolean {
    return this.#end === undefined;
  }

  /** Bytes that wait for the peer to read. */
  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  /** Requests of the peer that wait for our answer. */
  get unanswered(): number {
    return this.#inbound.size;
  }

  /**
   * Answers a request of the peer.
   *
   * @param size what the writer will write, in bytes
   * @param write a Response or an Error
   * @returns false when there is nobody to answer: the link has ended, or the request was answered before
   * @throws BtpError, and what the writer throws; the request is then still to be answered
   */
  respond(requestId: number, size: number, write: FrameWriter): boolean {
    if (this.#end !== undefined || !this.#inbound.has(requestId)) {
      this.session.counters.unsentAnswers++;
      return false;
    }
    this.#putAnswer(size, requestId, write);
    this.#inbound.delete(requestId);
    return true;
  }

  /** Answers a request with nothing but a yes, as a Transfer is. */
  acknowledge(requestId: number): boolean {
    return this.#respondFrame({ type: FrameType.response, requestId, entries: [] });
  }

  /** Answers a request with a BTP Error: it could not be served, so there is no packet to answer with. */
  refuse(requestId: number, code: BtpCodeName, text: string): boolean {
    return this.#respondFrame(errorFrame(requestId, code, text));
  }

  #respondFrame(frame: Frame): boolean {
    return this.respond(frame.requestId, sizeOfFrame(frame), (_, into, at) => writeFrame(frame, into, at));
  }

  /** Sends any frame; for the session. */
  put(size: number, requestId: number, write: FrameWriter): void {
    const { counters } = this.session;
    const type = this.#outbox.put(size, requestId, write);
    if (type === FrameType.message) counters.messagesOut++;
    else if (type === FrameType.response) counters.responsesOut++;
    else if (type === FrameType.error) counters.errorsOut++;
    else counters.transfersOut++;
    counters.bytesOut += size;
  }

  /** Sends an answer. Nothing else bounds how many of them a peer asks for without reading any. */
  #putAnswer(size: number, requestId: number, write: FrameWriter): void {
    this.put(size, requestId, write);
    this.session.cutOverflow();
  }

  /** Ends the link. What it had to send is sent first where the reason leaves a chance. */
  end(why: Exclude<LinkEnd, "CLOSED">): void {
    if (this.#end !== undefined) return;
    const code = CLOSE_CODE[why];
    if (code === undefined) {
      this.#finish(why);
      this.#webSocket.terminate();
    } else {
      this.#outbox.flushAll();
      this.#finish(why);
      this.#webSocket.close(code, why.toLowerCase());
    }
  }

  #ended(): void {
    if (this.#end === undefined) this.#finish("CLOSED");
  }

  #finish(why: LinkEnd): void {
    this.#end = why;
    this.session.clock.cancel(this.#check);
    this.#inbound.clear();
    this.session.detach(this, why);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#end !== undefined) return;
    this.#liveness.heard();
    const { counters } = this.session;
    const bytes = data as Buffer; // binaryType is "nodebuffer"
    counters.bytesIn += bytes.length;
    const view = this.#view;
    try {
      if (!isBinary) throw new TypeError("a text message");
      readFrame(bytes, view);
    } catch {
      // No answer (RFC 0023, Flow): two sides that answer what they cannot read would never stop.
      counters.unreadable++;
      if (++this.#unreadable >= this.session.limits.unreadable) this.end("PROTOCOL");
      return;
    }
    if (view.type === FrameType.message) this.#onRequest(view, "message");
    else if (view.type === FrameType.transfer) this.#onRequest(view, "transfer");
    else this.session.answered(view);
  }

  #onRequest(view: FrameView, kind: "message" | "transfer"): void {
    const { session } = this;
    const { counters } = session;
    const { requestId } = view;
    if (kind === "message") counters.messagesIn++;
    else counters.transfersIn++;
    if (this.#inbound.has(requestId)) {
      counters.duplicateIds++;
      this.#refuseUnseen(requestId, "duplicateId", "a request of this id waits for its answer");
      return;
    }
    // Answered at once, so it needs no room.
    if (kind === "message" && view.ilpStart < 0 && !session.closing) {
      this.#onOtherMessage(view);
      return;
    }
    const full = this.#inbound.size >= session.limits.inbound;
    if (full || session.closing) counters.inboundFull++;
    if (session.closing || (full && kind === "transfer")) {
      this.#refuseUnseen(requestId, "unreachable", session.closing ? "closing" : TOO_MANY);
      return;
    }
    this.#inbound.add(requestId);
    try {
      if (kind === "transfer") session.handler.onTransfer(this, view);
      // A packet gets an answer of its own protocol, and whoever counts packets sees it.
      else session.handler.onMessage(this, view, full ? "INBOUND_FULL" : this.#backpressure());
    } catch (error) {
      session.fault(error);
      if (this.#inbound.has(requestId)) this.refuse(requestId, "unreachable", "internal error");
    }
    if (full && this.#inbound.has(requestId)) this.refuse(requestId, "unreachable", TOO_MANY);
  }

  #backpressure(): "BACKPRESSURE" | undefined {
    if (!this.session.unread) return undefined;
    this.session.counters.inboundBackpressure++;
    return "BACKPRESSURE";
  }

  #onOtherMessage(view: FrameView): void {
    this.session.counters.notAccepted++;
    const [primary] = view.entries;
    const again = primary?.name === "auth";
    this.#refuseUnseen(view.requestId, "notAccepted", again ? "authenticated already" : "no ILP packet");
    if (again) this.end("PROTOCOL");
  }

  /** Answers a request that never was among those to answer. */
  #refuseUnseen(requestId: number, code: BtpCodeName, text: string): void {
    const frame = errorFrame(requestId, code, text);
    this.#putAnswer(sizeOfFrame(frame), requestId, (_, into, at) => writeFrame(frame, into, at));
  }

  #checkLater(): void {
    const { clock } = this.session;
    this.#check = clock.after(this.#liveness.everyMs, () => {
      const { waitingBytes, takenBytes } = this.#outbox;
      const finding = this.#liveness.check(clock.now(), waitingBytes, takenBytes, this.session.congested);
      if (finding === "PING") this.#webSocket.ping();
      else if (finding !== undefined) this.end(finding);
      if (this.#end === undefined) this.#checkLater();
    });
  }
}
