/** Our message headers and masks, read by `ws` itself. */
import assert from "node:assert/strict";
import type { Writable } from "node:stream";
import { test } from "node:test";
import * as ws from "ws";
import { sizeOfHeader, wrapPayload } from "./websocket-frame.ts";

/** Exported by ws, and not by @types/ws. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** Where the length of a header changes, and around the four bytes of a mask. */
const SIZES = [1, 2, 3, 4, 5, 125, 126, 127, 159, 65_535, 65_536];

for (const masked of [false, true]) {
  test(`ws reads every size, ${masked ? "masked" : "unmasked"}`, () => {
    const receiver = new Receiver({ isServer: masked });
    const read: Buffer[] = [];
    receiver.on("message", (data: Buffer, isBinary: boolean) => {
      assert.equal(isBinary, true);
      read.push(Buffer.from(data));
    });
    const sent = SIZES.map((size) => {
      const payload = Buffer.alloc(size, size);
      const header = sizeOfHeader(size, masked);
      const bytes = Buffer.alloc(7 + header + size + 7, 0xee);
      bytes.set(payload, 7 + header);
      wrapPayload(bytes, 7 + header, 7 + header + size, masked);
      assert.ok(
        bytes.subarray(0, 7).every((byte) => byte === 0xee),
        "nothing before the header",
      );
      assert.ok(
        bytes.subarray(-7).every((byte) => byte === 0xee),
        "nothing behind the payload",
      );
      receiver.write(bytes.subarray(7, -7));
      return payload;
    });
    assert.deepEqual(read, sent);
  });
}

test("masks differ from message to message, thousands of them", () => {
  const masks = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.alloc(7);
    wrapPayload(bytes, 6, 7, true);
    masks.add(bytes.readUInt32BE(2));
  }
  // Two of 5,000 are alike by chance in one run of 350.
  assert.ok(masks.size >= 4998);
});
