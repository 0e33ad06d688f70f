import { sizeOfIlpFrame, writeFulfillFrame, writeRejectFrame } from "../../../wire/btp.ts";
import { PrepareView, readPrepare, sizeOfFulfill, sizeOfReject } from "../../../wire/ilp.ts";
import { type Btp, openBtp } from "../btp/btp.ts";
import { refusal } from "../checks/reject-code.ts";
import { hmacSha256 } from "./hmac.ts";

export interface ReceiverOptions {
  /** The connector to dial. */
  readonly url: string;
  /** The name of the peer that it dials as is the connector's business; this is what its own log calls the connector. */
  readonly token: string;
  /** The receiver's own ILP address: `triggeredBy` of its Rejects. */
  readonly address: string;
  /** Shared with the senders. */
  readonly secret: string;
  /** Told of its link to the connector. */
  readonly note?: (level: "info" | "warn", message: string) => void;
}

export interface Receiver {
  readonly up: boolean;
  readonly fulfilled: number;
  readonly rejected: number;
  close(): Promise<void>;
}

const NOTHING = new Uint8Array(0);
const UNREADABLE = refusal("F01", "this is not a Prepare");

/**
 * The far peer: fulfils every packet with HMAC-SHA256(secret, the packet's data), whose SHA-256 the sender took as the
 * condition. Who does not know the secret cannot make a packet that it fulfils; the connector checks that for it.
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { url, token, address, secret, note = () => {} } = options;
  const prepare = new PrepareView();
  const fulfillmentOf = hmacSha256(secret);
  let [fulfilled, rejected] = [0, 0];
  const btp: Btp = await openBtp({
    peers: [{ name: "connector", token, url }],
    handler: {
      onMessage(link, { bytes, ilpStart, ilpEnd, requestId }) {
        try {
          readPrepare(bytes, prepare, ilpStart, ilpEnd);
        } catch {
          rejected++;
          const reject = { ...UNREADABLE, triggeredBy: address };
          link.respond(requestId, sizeOfIlpFrame(sizeOfReject(reject)), (id, into, at) =>
            writeRejectFrame(id, reject, into, at),
          );
          return;
        }
        const fulfill = {
          fulfillment: fulfillmentOf(prepare.data),
          data: NOTHING,
        };
        fulfilled++;
        link.respond(requestId, sizeOfIlpFrame(sizeOfFulfill(fulfill)), (id, into, at) =>
          writeFulfillFrame(id, fulfill, into, at),
        );
      },
      onTransfer: (link, { requestId }) => {
        link.acknowledge(requestId);
      },
      onUp: () => note("info", `connected with ${url}`),
      onDown: (_, why) => note("warn", `${url} is gone: ${why}`),
      onUnreached: (_, why) => note("warn", `${url} cannot be reached, and is tried again: ${why}`),
    },
  });
  return {
    get up() {
      return btp.sessions.get("connector")?.up ?? false;
    },
    get fulfilled() {
      return fulfilled;
    },
    get rejected() {
      return rejected;
    },
    close: () => btp.close(),
  };
}
