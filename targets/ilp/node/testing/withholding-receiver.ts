import { createHmac } from "node:crypto";
import { sizeOfIlpFrame, writeFulfillFrame } from "../../../../wire/btp.ts";
import { readPrepare, sizeOfFulfill } from "../../../../wire/ilp.ts";
import { openBtp } from "../../btp/btp.ts";
import type { Receiver } from "../../receiver/receiver.ts";

export interface WithholdingReceiver extends Receiver {
  /** Packets that came and have no answer yet. */
  readonly withheld: number;
  /** Fulfils what was withheld, and from now on each packet at once. */
  release(): void;
}

/** A far peer that leaves packets without an answer until it is told otherwise. */
export async function startWithholdingReceiver(url: string, token: string): Promise<WithholdingReceiver> {
  let released = false;
  let fulfilled = 0;
  let withheld: (() => void)[] = [];
  const btp = await openBtp({
    peers: [{ name: "connector", token, url }],
    handler: {
      onMessage(link, { bytes, ilpStart, ilpEnd, requestId }) {
        const { data } = readPrepare(bytes, undefined, ilpStart, ilpEnd);
        const fulfillment = createHmac("sha256", "plimsoll").update(data).digest();
        const fulfill = { fulfillment, data: new Uint8Array(0) };
        const answer = () => {
          fulfilled++;
          link.respond(requestId, sizeOfIlpFrame(sizeOfFulfill(fulfill)), (id, into, at) =>
            writeFulfillFrame(id, fulfill, into, at),
          );
        };
        if (released) answer();
        else withheld.push(answer);
      },
      onTransfer: () => {},
    },
  });
  return {
    get up() {
      return btp.sessions.get("connector")?.up ?? false;
    },
    get fulfilled() {
      return fulfilled;
    },
    rejected: 0,
    get withheld() {
      return withheld.length;
    },
    release() {
      released = true;
      for (const answer of withheld) answer();
      withheld = [];
    },
    close: () => btp.close(0),
  };
}
