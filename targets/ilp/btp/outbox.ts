import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { BtpError } from "./error.ts";
import { MAX_PAYLOAD } from "./limits.ts";
import { sizeOfHeader, wrapPayload } from "./websocket-frame.ts";

/**
 * Writes one BTP frame into `into` from `at` on and returns the offset behind it, as the writers of wire/btp.ts do. It
 * may throw, and must not send anything itself.
 *
 * @param requestId the one the frame is to carry
 */
export type FrameWriter = (requestId: number, into: Uint8Array, at: number) => number;

/** One of the largest messages fits, with its header. */
const BATCH_BYTES = MAX_PAYLOAD + 14;

/** Batches that are free, of all links: an idle link holds none. */
const free: Buffer[] = [];
const MOST_FREE = 32;

const takeBatch = () => free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);

/**
 * What is on its way out over one WebSocket. Frames are written straight into a batch, which goes to the socket once in
 * a turn of the event loop (setImmediate: after all sockets that had something to read), or later, while the socket has
 * not taken the batch before.
 *
 * `ws` would write header and payload of each message to the stream, with options, a callback and a system call each:
 * 5.5 us a frame, 1.2 us with the socket corked for a turn, and 0.8 us this way (session.bench.ts). It shares the socket
 * with us: without compression it, too, writes nothing but whole frames, pings and pongs and at last a close.
 */
export class Outbox {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #masked: boolean;
  #batch: Buffer | undefined;
  /** Bytes in the batch. */
  #filled = 0;
  /** Bytes in all batches before. */
  #pushed = 0;
  #scheduled = false;
  /** Batches the socket has and has not passed on yet. */
  #writing = 0;

  /** @param masked true for the client's side */
  constructor(webSocket: WebSocket, socket: Duplex, masked: boolean) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#masked = masked;
  }

  /** Bytes that wait here or in the socket. */
  get waitingBytes(): number {
    return this.#filled + this.#socket.writableLength;
  }

  /** Bytes that the system has taken, since the beginning. */
  get takenBytes(): number {
    return this.#pushed - this.#socket.writableLength;
  }

  /**
   * Adds a frame. When the writer throws, nothing was added and the error passes.
   *
   * @param size what the writer will write, in bytes: a WebSocket header's length depends on it
   * @returns its first byte, the type of the frame
   * @throws BtpError WRONG_SIZE, WRONG_ID, TOO_LONG
   */
  put(size: number, requestId: number, write: FrameWriter): number {
    if (size > MAX_PAYLOAD) throw new BtpError("TOO_LONG", `a frame of ${size} bytes, limit ${MAX_PAYLOAD}`);
    const header = sizeOfHeader(size, this.#masked);
    if (this.#filled + header + size > BATCH_BYTES) this.#push();
    this.#batch ??= takeBatch();
    const start = this.#filled + header;
    const end = write(requestId, this.#batch, start);
    if (end - start !== size)
      throw new BtpError("WRONG_SIZE", `a frame of ${end - start} bytes, announced as ${size}`);
    // Under another id the answer would reach the wrong packet.
    if (this.#batch.readUInt32BE(start + 1) !== requestId)
      throw new BtpError("WRONG_ID", `a frame with another request id than ${requestId}`);
    const type = this.#batch[start]!;
    wrapPayload(this.#batch, start, end, this.#masked);
    this.#filled = end;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(flushSoon, this);
    }
    return type;
  }

  /** Passes on what there is, unless the socket still has the batch before: then that one's end does. */
  flush(): void {
    this.#scheduled = false;
    if (this.#writing === 0) this.#push();
  }

  /** Passes on what there is, whatever the socket still has: for the end of a link. */
  flushAll(): void {
    this.#push();
  }

  #push(): void {
    const batch = this.#batch;
    const filled = this.#filled;
    if (batch === undefined || filled === 0) return;
    this.#batch = undefined;
    this.#filled = 0;
    // Behind a close frame nothing may follow (RFC 6455, section 5.5.1).
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    this.#writing++;
    this.#pushed += filled;
    this.#socket.write(batch.subarray(0, filled), (error) => {
      this.#writing--;
      if (error) return;
      if (free.length < MOST_FREE) free.push(batch);
      if (this.#filled > 0) this.flush();
    });
  }
}

/** One function for all, so that a turn allocates no closure. */
function flushSoon(outbox: Outbox): void {
  outbox.flush();
}
