import { FrameType, readFrame, sizeOfIlpFrame, writeFulfillFrame } from "../../../../wire/btp.ts";
import { readPrepare, sizeOfFulfill } from "../../../../wire/ilp.ts";
import { RawPeer } from "../../btp/testing/nodes.ts";
import { hmacSha256 } from "../../receiver/hmac.ts";
import type { Receiver } from "../../receiver/receiver.ts";

export interface PausableReceiver extends Receiver {
  /** Reads nothing from its socket any more. */
  pause(): void;
  resume(): void;
}

/**
 * A far peer that fulfils what it reads, and stops reading when it is told to.
 *
 * @param dataBytes of each Fulfill
 */
export async function startPausableReceiver(
  url: string,
  token: string,
  dataBytes = 0,
): Promise<PausableReceiver> {
  const peer = await RawPeer.login(url, token);
  const { webSocket } = peer;
  const fulfillmentOf = hmacSha256("plimsoll");
  const data = new Uint8Array(dataBytes);
  let fulfilled = 0;
  webSocket.on("message", (frame) => {
    const { type, requestId, bytes, ilpStart, ilpEnd } = readFrame(frame as Buffer);
    if (type !== FrameType.message) return;
    const prepare = readPrepare(bytes, undefined, ilpStart, ilpEnd);
    const fulfill = { fulfillment: fulfillmentOf(prepare.data), data };
    const answer = Buffer.alloc(sizeOfIlpFrame(sizeOfFulfill(fulfill)));
    writeFulfillFrame(requestId, fulfill, answer);
    fulfilled++;
    peer.send(answer);
  });
  return {
    get up() {
      return peer.closed === undefined;
    },
    get fulfilled() {
      return fulfilled;
    },
    rejected: 0,
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
    async close() {
      webSocket.terminate();
    },
  };
}
