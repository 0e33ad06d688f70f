/** What a real node answers to Transfers over a real WebSocket, read by someone else's BTP codec. */
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import * as fc from "fast-check";
import { RawPeer } from "../btp/testing/nodes.ts";
import { until } from "../testing/until.ts";
import { sealed, writeTerms } from "./claim.ts";
import { A_ON_B, B, BOOKS } from "./testing/agreement.ts";
import { keyFiles, scratch } from "./testing/keys.ts";
import { startTestNode } from "./testing/two-nodes.ts";

const ANSWERED = "response";

/** The answer to a Transfer with one entry, `claim`: `response`, or the Error's code, name and text. */
async function answerTo(peer: RawPeer, requestId: number, data: Uint8Array): Promise<string> {
  const before = peer.packets.length;
  peer.send(
    btpPacket.serializeTransfer({ amount: "1" }, requestId, [
      {
        protocolName: "claim",
        contentType: btpPacket.MIME_APPLICATION_OCTET_STREAM,
        data: Buffer.from(data),
      },
    ]),
  );
  await until("the answer", () => peer.packets.length > before);
  const packet = peer.packets[before]!;
  assert.equal(packet.requestId, requestId);
  if (packet.type === btpPacket.TYPE_RESPONSE) return ANSWERED;
  const { code, name, data: text } = (packet as btpPacket.BtpErrorPacket).data;
  return `${code} ${name}: ${text}`;
}

test("claims get a Response, or the Error of RFC 0023 that says whether to try again", async (t) => {
  const folder = scratch(t);
  const { publicFile, privateKey } = keyFiles(folder, "a");
  const { node, url } = await startTestNode(t, {
    nodeId: "B",
    folder,
    claims: `{ ilpAddress: test.a, verifyWith: ${publicFile} }`,
  });
  const stranger = keyFiles(folder, "stranger").privateKey;
  const claim = (nonce: number, amount: number, to = B.nodeId, key = privateKey) => {
    const terms = writeTerms({
      ...A_ON_B,
      to: { ...B, nodeId: to },
      booksId: BOOKS,
      nonce: BigInt(nonce),
      amount: BigInt(amount),
    });
    return sealed(terms, sign(null, terms, key));
  };
  using peer = await RawPeer.login(url, "a-b");
  let id = 100;
  for (const [bytes, answer] of [
    [claim(1, 10), ANSWERED],
    [claim(1, 10), "F00 NotAcceptedError: nonce 1 is not above 1, which was taken"],
    [claim(2, 9), "F00 NotAcceptedError: amount 9 is below 10, which was claimed"],
    [
      claim(2, 11, "B", stranger),
      "F00 NotAcceptedError: the signature is not that of A: check that verifyWith at B is the public half of signWith at A",
    ],
    [
      claim(2, 11, "C"),
      "F00 NotAcceptedError: a claim of A (test.a) on C (test.b) in XTS at scale 0; wanted: of A (test.a) on B (test.b) in XTS at scale 0",
    ],
    [Buffer.from("{}"), "F01 InvalidFieldsError: 16 bytes wanted, 2 left (byte 0)"],
    [claim(2, 11), ANSWERED],
  ] as const)
    assert.equal(await answerTo(peer, id++, bytes), answer);
  assert.equal(node.claims.payees.get("A")?.claimed, 11n);
});

test("a peer that sends anything as a claim gets F01 each time, keeps its link, and can claim after it", async (t) => {
  const folder = scratch(t);
  const { publicFile, privateKey } = keyFiles(folder, "a");
  const { node, url } = await startTestNode(t, {
    nodeId: "B",
    folder,
    claims: `{ ilpAddress: test.a, verifyWith: ${publicFile} }`,
  });
  using peer = await RawPeer.login(url, "a-b");
  let id = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 40_000, maxLength: 60_000 })),
      async (bytes) => {
        assert.match(await answerTo(peer, ++id, bytes), /^F01 InvalidFieldsError: [ -~]+$/);
      },
    ),
    { numRuns: 100 },
  );
  const terms = writeTerms({ ...A_ON_B, booksId: BOOKS, nonce: 1n, amount: 1n });
  assert.equal(await answerTo(peer, ++id, sealed(terms, sign(null, terms, privateKey))), ANSWERED);
  assert.deepEqual(node.claims.payees.get("A")?.refused, { BAD_CLAIM: 100 });
});

test("a node that verifies nothing acknowledges whatever Transfer, and without any claims it has no threads for them", async (t) => {
  const folder = scratch(t);
  const { privateFile } = keyFiles(folder, "b");
  const threads = () => (process.report.getReport() as unknown as { workers: unknown[] }).workers.length;
  for (const [claims, expected] of [
    // The ledger has a thread of its own.
    [undefined, 1],
    [`{ ilpAddress: test.a, signWith: ${privateFile} }`, 2],
  ] as const) {
    const { node, url } = await startTestNode(t, {
      nodeId: "B",
      folder,
      ...(claims !== undefined && { claims }),
    });
    using peer = await RawPeer.login(url, "a-b");
    assert.equal(await answerTo(peer, 5, Buffer.from("anything")), ANSWERED);
    await until("the threads", () => threads() === expected);
    await node.close();
    assert.equal(threads(), 0);
  }
});
