/**
 * Runs in k6 and in Node: does everything this room can do with fixed inputs and says what came of it, as hex and text. It
 * uses nothing that only one of the two has.
 */
import {
  FrameType,
  forwardPrepare,
  PrepareTemplate,
  readAuth,
  readFrame,
  relayFrame,
  writeAuth,
  writeFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "../btp.ts";
import { WireError } from "../error.ts";
import { type Prepare, readFulfill, readPrepare, readReject } from "../ilp.ts";
import { packetId } from "../packet-id.ts";

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function bytesOf(length: number, factor: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * factor) & 0xff);
}

export function agreement(): Record<string, string> {
  const said: Record<string, string> = {};
  const into = new Uint8Array(2000);
  const keep = (name: string, end: number) => {
    said[name] = hex(into.subarray(0, end));
    return into.slice(0, end);
  };
  const prepare: Prepare = {
    amount: 2n ** 63n + 12345n,
    expiresAtMs: 1_798_761_599_987.5,
    condition: bytesOf(32, 7),
    destination: "test.connector.receiver.~q-_Z9",
    data: bytesOf(200, 3),
  };
  const message = keep("prepare", writePrepareFrame(4_294_967_295, prepare, into));
  const frame = readFrame(message);
  const view = readPrepare(message, undefined, frame.ilpStart, frame.ilpEnd);
  said["prepare, read"] = [
    frame.requestId,
    view.amount,
    view.amountNumber,
    view.expiresAtMs,
    view.destination,
    hex(view.condition),
    hex(view.data),
  ].join(" ");
  said["packet id"] = packetId(view.condition);
  keep("forwarded", forwardPrepare(frame, view, 77, 2 ** 53 - 1, 951_782_400_000, into));

  const fulfill = keep(
    "fulfill",
    writeFulfillFrame(1, { fulfillment: bytesOf(32, 5), data: bytesOf(2, 9) }, into),
  );
  const back = readFrame(fulfill);
  said["fulfill, read"] = hex(readFulfill(fulfill, undefined, back.ilpStart, back.ilpEnd).fulfillment);
  keep("relayed", relayFrame(back, 2, into));

  const text = "no röute → 𝄞 \ud800!";
  const none = bytesOf(0, 0);
  const reject = keep(
    "reject",
    writeRejectFrame(3, { code: "T04", triggeredBy: "g.a", message: text, data: none }, into),
  );
  const { ilpStart, ilpEnd } = readFrame(reject);
  const { code, triggeredBy, message: why } = readReject(reject, undefined, ilpStart, ilpEnd);
  said["reject, read"] = `${code} ${triggeredBy} ${why}`;

  const auth = keep("auth", writeAuth(5, "tök", into));
  said["auth, read"] = JSON.stringify(readAuth(readFrame(auth)));
  const error = {
    type: FrameType.error,
    requestId: 6,
    code: "F00",
    name: "NotAcceptedError",
    triggeredAtMs: 1_514_132_072_270,
    data: bytesOf(3, 1),
    entries: [],
  };
  const failed = readFrame(keep("error", writeFrame(error, into)));
  said["error, read"] = `${failed.code} ${failed.name} ${failed.triggeredAtMs} ${hex(failed.errorData)}`;
  const claim = { name: "claim", contentType: 2, data: none };
  const transfer = { type: FrameType.transfer, requestId: 8, amount: 2n ** 64n - 1n, entries: [claim] };
  said["transfer, read"] = String(readFrame(keep("transfer", writeFrame(transfer, into))).amount);

  const template = new PrepareTemplate(prepare);
  const patched = [1_798_761_600_001, 1_798_761_600_999, 1_798_761_601_000].map((ms, i) =>
    hex(new Uint8Array(template.frame(i, i, ms, bytesOf(32, i), bytesOf(200, i)))),
  );
  said.template = patched.join(" ");

  said.cut = Array.from(message, (_, size) => {
    try {
      readFrame(message.subarray(0, size));
      return "read";
    } catch (error) {
      return error instanceof WireError ? `${error.code}@${error.offset}` : String(error);
    }
  }).join(" ");
  return said;
}

/** What k6 calls. */
export default function main(): void {
  console.log(JSON.stringify(agreement()));
}
