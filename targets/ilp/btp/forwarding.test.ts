/** What the sessions are for: a Prepare goes on to the next peer and its Fulfill comes back, each copied once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import * as ilpPacket from "ilp-packet";
import { forwardPrepare, relayFrame, sizeOfIlpFrame } from "../../../wire/btp.ts";
import { PrepareView, readPrepare } from "../../../wire/ilp.ts";
import { until } from "../testing/until.ts";
import type { Handler, Session } from "./btp.ts";
import { ilpPacket as ilpMessage, RawPeer, serverNode } from "./testing/nodes.ts";

/** As little of a connector as there can be: everything goes to one peer. */
function forwarder(next: () => Session): Handler {
  const prepare = new PrepareView();
  return {
    onMessage(link, message) {
      const { requestId } = message;
      readPrepare(message.bytes, prepare, message.ilpStart, message.ilpEnd);
      const refusal = next().request(
        sizeOfIlpFrame(prepare.end - prepare.start),
        (id, into, at) =>
          forwardPrepare(
            message,
            prepare,
            id,
            prepare.amountNumber - 1,
            prepare.expiresAtMs - 1000,
            into,
            at,
          ),
        {
          onAnswer(answer) {
            const size = sizeOfIlpFrame(answer.ilpEnd - answer.ilpStart);
            link.respond(requestId, size, (id, into, at) => relayFrame(answer, id, into, at));
          },
          onFailure: (failure) => link.refuse(requestId, "unreachable", failure),
        },
        5000,
      );
      if (refusal !== undefined) link.refuse(requestId, "unreachable", refusal);
    },
    onTransfer: (link, { requestId }) => link.acknowledge(requestId),
  };
}

const EXPIRES_AT = new Date("2031-01-01T00:00:10.000Z");
const prepare = {
  amount: "1000",
  expiresAt: EXPIRES_AT,
  executionCondition: Buffer.alloc(32, 7),
  destination: "test.bob.shop",
  data: Buffer.from("data of the sender"),
};

test("a Prepare reaches the next peer, and its Fulfill the one before", async () => {
  await using server = await serverNode(forwarder(() => server.session("bob")));
  using ann = await RawPeer.login(server.url, "ann's");
  using bob = await RawPeer.login(server.url, "bob's");
  const packet = ilpPacket.serializeIlpPrepare(prepare);
  ann.send(ilpMessage(4711, packet));
  await until("the Prepare", () => bob.packets.length === 2);
  const [entry] = bob.packets[1]!.data.protocolData;
  assert.deepEqual(ilpPacket.deserializeIlpPrepare(entry!.data), {
    ...prepare,
    amount: "999",
    expiresAt: new Date(EXPIRES_AT.getTime() - 1000),
  });

  const fulfill = ilpPacket.serializeIlpFulfill({
    fulfillment: Buffer.alloc(32, 8),
    data: Buffer.from("ok"),
  });
  const [ilp] = btpPacket.deserialize(ilpMessage(0, fulfill)).data.protocolData;
  bob.send(btpPacket.serializeResponse(bob.packets[1]!.requestId, [ilp!]));
  await until("the Fulfill", () => ann.packets.length === 2);
  assert.deepEqual(ann.packets[1], { type: 1, requestId: 4711, data: { protocolData: [ilp] } });
});

test("without a next peer the one before is told at once", async () => {
  await using server = await serverNode(forwarder(() => server.session("bob")));
  using ann = await RawPeer.login(server.url, "ann's");
  ann.send(ilpMessage(1, ilpPacket.serializeIlpPrepare(prepare)));
  await until("the refusal", () => ann.packets.length === 2);
  const { data } = ann.packets[1] as btpPacket.BtpErrorPacket;
  assert.equal(`${data.code} ${data.data}`, "T00 DOWN");
});

test("a next peer that goes is told to the one before", async () => {
  await using server = await serverNode(forwarder(() => server.session("bob")));
  using ann = await RawPeer.login(server.url, "ann's");
  using bob = await RawPeer.login(server.url, "bob's");
  ann.send(ilpMessage(1, ilpPacket.serializeIlpPrepare(prepare)));
  await until("the Prepare", () => bob.packets.length === 2);
  bob.webSocket.terminate();
  await until("the refusal", () => ann.packets.length === 2);
  assert.equal((ann.packets[1] as btpPacket.BtpErrorPacket).data.data.toString(), "LINK_LOST");
});
