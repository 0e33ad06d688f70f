/**
 * Runs in k6: what a load generator does for one packet, microseconds each. k6's clock counts whole milliseconds, so a
 * block is long; the least of a few blocks would hide the garbage collector, so all of them are told.
 */
import {
  FrameView,
  PrepareTemplate,
  readFrame,
  sizeOfIlpFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "../btp.ts";
import { FulfillView, type Prepare, RejectView, readFulfill, readReject, sizeOfPacket } from "../ilp.ts";

const BLOCKS = 7;
const PER_BLOCK = 10_000;

/** Microseconds a call, block by block, without the loop around it. */
function time(work: (i: number) => void): number[] {
  const loop = (body: (i: number) => void) => {
    const start = Date.now();
    for (let i = 0; i < PER_BLOCK; i++) body(i);
    return ((Date.now() - start) * 1000) / PER_BLOCK;
  };
  loop(work);
  return Array.from({ length: BLOCKS }, () => Math.max(0, loop(work) - loop(() => {})));
}

/** What k6 calls. */
export default function main(): void {
  const startMs = Date.now();
  const prepare: Prepare = {
    amount: 1000,
    expiresAtMs: startMs + 30_000,
    condition: new Uint8Array(32).fill(7),
    destination: "test.connector.receiver",
    data: new Uint8Array(64).fill(9),
  };
  const conditions = Array.from({ length: 64 }, (_, i) => new Uint8Array(32).fill(i));
  const template = new PrepareTemplate(prepare);
  const into = new Uint8Array(sizeOfIlpFrame(sizeOfPacket(prepare)));

  const space = new Uint8Array(500);
  const none = new Uint8Array(0);
  const fulfill = { fulfillment: prepare.condition, data: none };
  const fulfillBytes = space.slice(0, writeFulfillFrame(1, fulfill, space)).buffer;
  const reject = {
    code: "T04",
    triggeredBy: "test.connector",
    message: "insufficient liquidity",
    data: none,
  };
  const rejectBytes = space.slice(0, writeRejectFrame(1, reject, space)).buffer;
  const frame = new FrameView();
  const fulfillView = new FulfillView();
  const rejectView = new RejectView();

  console.log(
    JSON.stringify({
      // Ten packets a millisecond, as at 10,000 a second; a new condition and new data each.
      template: time((i) => template.frame(i, 1000, startMs + i / 10, conditions[i & 63]!, prepare.data)),
      // As paced loads do it: a packet that was sent before, under another id.
      stamped: time((i) => template.stamped(i, startMs + 500 * Math.floor(i / 5_000))),
      "every field new": time((i) =>
        template.frame(i, i, startMs + i * 1000, conditions[i & 63]!, prepare.data),
      ),
      "without a template": time((i) => writePrepareFrame(i, prepare, into)),
      "read a Fulfill": time(() => {
        const bytes = new Uint8Array(fulfillBytes);
        readFrame(bytes, frame);
        readFulfill(bytes, fulfillView, frame.ilpStart, frame.ilpEnd);
      }),
      "read a Reject": time(() => {
        const bytes = new Uint8Array(rejectBytes);
        readFrame(bytes, frame);
        readReject(bytes, rejectView, frame.ilpStart, frame.ilpEnd);
      }),
    }),
  );
}
