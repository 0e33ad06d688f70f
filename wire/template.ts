import { needHash } from "./envelope.ts";
import { WireError } from "./error.ts";
import { FrameView, readFrame } from "./frame.ts";
import { sizeOfIlpFrame, writePrepareFrame } from "./ilp-frame.ts";
import { needUint32, writeUint64 } from "./oer.ts";
import { type Prepare, readPrepare, sizeOfPrepare } from "./prepare.ts";
import { TIMESTAMP_SIZE, writeMillis, writeTimestamp } from "./timestamp.ts";

/**
 * A Prepare in its BTP Message, encoded once; each further one is a few patches and one copy. For load generators: k6's
 * VM runs a JavaScript operation in 50 to 400 ns, so what counts there is how few are left.
 *
 * Destination and length of the data are those of the first; a template each for others.
 */
export class PrepareTemplate {
  /** The frame, as last patched. The next call overwrites it. */
  readonly bytes: Uint8Array;
  readonly #buffer: ArrayBuffer;
  readonly #view: DataView;
  readonly #amountAt: number;
  readonly #dataAt: number;
  readonly #dataSize: number;
  // What is in the frame already need not be written again: most arrivals share the amount, many the expiry.
  #amount: bigint | number;
  #expiresAtMs: number;
  #second: number;

  /** @throws WireError as `writePrepareFrame` */
  constructor(prepare: Prepare) {
    this.#buffer = new ArrayBuffer(sizeOfIlpFrame(sizeOfPrepare(prepare)));
    this.#view = new DataView(this.#buffer);
    this.bytes = new Uint8Array(this.#buffer);
    writePrepareFrame(0, prepare, this.bytes);
    const frame = readFrame(this.bytes, new FrameView());
    const view = readPrepare(this.bytes, undefined, frame.ilpStart, frame.ilpEnd);
    this.#amountAt = view.amountAt;
    this.#dataAt = view.dataStart;
    this.#dataSize = prepare.data.length;
    this.#amount = prepare.amount;
    this.#expiresAtMs = prepare.expiresAtMs;
    this.#second = Math.floor(prepare.expiresAtMs / 1000);
  }

  /**
   * Patches the frame in place.
   *
   * @param requestId 0 to 2^32 - 1
   * @param amount as in Prepare
   * @param expiresAtMs epoch milliseconds; a fraction is dropped
   * @param condition 32 bytes
   * @param data exactly as long as the template's; as it was unless given
   * @returns {@link bytes}
   * @throws WireError OUT_OF_RANGE, BAD_TIMESTAMP
   */
  patch(
    requestId: number,
    amount: bigint | number,
    expiresAtMs: number,
    condition: Uint8Array,
    data?: Uint8Array,
  ): Uint8Array {
    const { bytes } = this;
    const at = this.#amountAt;
    needUint32(requestId, "request id", 1);
    this.#view.setUint32(1, requestId);
    if (amount !== this.#amount) {
      writeUint64(amount, bytes, at);
      this.#amount = amount;
    }
    if (expiresAtMs !== this.#expiresAtMs) this.#patchExpiry(expiresAtMs);
    needHash(condition, "condition", at + 8 + TIMESTAMP_SIZE);
    bytes.set(condition, at + 8 + TIMESTAMP_SIZE);
    if (data !== undefined) {
      if (data.length !== this.#dataSize)
        throw new WireError(
          "OUT_OF_RANGE",
          this.#dataAt,
          `data of ${data.length} bytes, not ${this.#dataSize}`,
        );
      bytes.set(data, this.#dataAt);
    }
    return bytes;
  }

  #patchExpiry(expiresAtMs: number): void {
    const at = this.#amountAt + 8;
    const second = Math.floor(expiresAtMs / 1000);
    if (second === this.#second) {
      writeMillis(Math.floor(expiresAtMs) - second * 1000, this.bytes, at + 14);
    } else {
      writeTimestamp(expiresAtMs, this.bytes, at);
      this.#second = second;
    }
    this.#expiresAtMs = expiresAtMs;
  }

  /**
   * Patches, then copies: an ArrayBuffer of its own for each frame. This is what to give to a WebSocket in k6: its `send`
   * keeps the memory it is given and writes it later, so a frame patched again before that would go out twice. Parameters
   * and errors as {@link patch}.
   */
  frame(
    requestId: number,
    amount: bigint | number,
    expiresAtMs: number,
    condition: Uint8Array,
    data?: Uint8Array,
  ): ArrayBuffer {
    this.patch(requestId, amount, expiresAtMs, condition, data);
    return this.#buffer.slice(0);
  }

  /** As {@link frame}, of the same packet as before with another id and expiry: a quarter of the work. */
  stamped(requestId: number, expiresAtMs: number): ArrayBuffer {
    needUint32(requestId, "request id", 1);
    this.#view.setUint32(1, requestId);
    if (expiresAtMs !== this.#expiresAtMs) this.#patchExpiry(expiresAtMs);
    return this.#buffer.slice(0);
  }
}
