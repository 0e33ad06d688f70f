/** A packet's id is base64url of the condition's first 12 bytes, wherever the condition lies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PrepareView, readPrepare, sizeOfPrepare, writePrepare } from "./ilp.ts";
import { packetId, writePacketId } from "./packet-id.ts";

const condition = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("as Buffer writes it", () => {
  fc.assert(
    fc.property(condition, (bytes) => {
      const expected = Buffer.from(bytes.subarray(0, 12)).toString("base64url");
      assert.equal(packetId(bytes), expected);
      const into = new Uint8Array(20);
      assert.equal(writePacketId(Buffer.concat([Buffer.from("--"), bytes]), 2, into, 3), 19);
      assert.equal(Buffer.from(into.subarray(3, 19)).toString(), expected);
    }),
  );
});

test("the same before and after a hop has changed amount and expiry", () => {
  const idOf = (amount: number, expiresAtMs: number) => {
    const prepare = {
      amount,
      expiresAtMs,
      condition: Uint8Array.from({ length: 32 }, (_, i) => i * 7),
      destination: "test.bob",
      data: new Uint8Array(0),
    };
    const bytes = new Uint8Array(sizeOfPrepare(prepare));
    writePrepare(prepare, bytes);
    const view = readPrepare(bytes, new PrepareView());
    return packetId(bytes.subarray(view.amountAt + 25));
  };
  assert.equal(idOf(100, 1_790_000_000_000), "AAcOFRwjKjE4P0ZN");
  assert.equal(idOf(99, 1_790_000_001_000), "AAcOFRwjKjE4P0ZN");
});
