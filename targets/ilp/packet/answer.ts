import { FrameType, FrameView, relayFrame, sizeOfIlpFrame, writeRejectFrame } from "../../../wire/btp.ts";
import { type FulfillView, type Reject, sizeOfReject } from "../../../wire/ilp.ts";
import type { Refusal } from "../checks/reject-code.ts";
import type { Asker } from "./peer.ts";

/**
 * Answers to Prepares. Writers run before `respond` returns, so one of each, and what it is to write next, serve all
 * packets: nothing is allocated for an answer.
 */
export class Answers {
  readonly #address: string;
  /** The Reject of each refusal, made once. */
  readonly #rejects = new Map<Refusal, { readonly reject: Reject; readonly size: number }>();
  #reject!: Reject;
  #relayed!: FrameView;
  /** What a Fulfill came in, as far as it is passed on. */
  readonly #response = new FrameView();

  /** @param address the node's own, which is told as `triggeredBy` */
  constructor(address: string) {
    this.#address = address;
    this.#response.type = FrameType.response;
  }

  refuse(asker: Asker, requestId: number, refusal: Refusal): boolean {
    let known = this.#rejects.get(refusal);
    if (known === undefined) {
      const { code, message, data } = refusal;
      const reject = { code, triggeredBy: this.#address, message, data };
      known = { reject, size: sizeOfIlpFrame(sizeOfReject(reject)) };
      // Refusals are made once, except for a few that carry an amount.
      if (this.#rejects.size < MOST_KEPT) this.#rejects.set(refusal, known);
    }
    this.#reject = known.reject;
    return asker.respond(requestId, known.size, this.#writeReject);
  }

  /** Passes on a Fulfill that was kept since its answer came: the envelope as it was. */
  fulfill(asker: Asker, requestId: number, { bytes, start, end }: FulfillView): boolean {
    const response = this.#response;
    response.bytes = bytes;
    response.ilpStart = start;
    response.ilpEnd = end;
    return this.relay(asker, requestId, response);
  }

  /** Passes on the packet of an answer that came from the next hop. */
  relay(asker: Asker, requestId: number, answer: FrameView): boolean {
    this.#relayed = answer;
    return asker.respond(requestId, sizeOfIlpFrame(answer.ilpEnd - answer.ilpStart), this.#writeRelayed);
  }

  readonly #writeReject = (requestId: number, into: Uint8Array, at: number) =>
    writeRejectFrame(requestId, this.#reject, into, at);
  readonly #writeRelayed = (requestId: number, into: Uint8Array, at: number) =>
    relayFrame(this.#relayed, requestId, into, at);
}

/** Refusals whose bytes are worth keeping; those that carry an amount are all different. */
const MOST_KEPT = 64;
