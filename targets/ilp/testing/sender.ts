/** A sender of packets, as a test needs one: it dials a node as alice and counts what comes back. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { FrameType, type FrameView, sizeOfIlpFrame, writePrepareFrame } from "../../../wire/btp.ts";
import { PacketType, readFulfill, readReject, sizeOfPrepare } from "../../../wire/ilp.ts";
import { openBtp } from "../btp/btp.ts";

export interface Answer {
  readonly kind: "fulfill" | "reject" | "error" | "none";
  /** Of a Reject. */
  readonly code?: string;
  readonly triggeredBy?: string;
}

export interface Sender {
  readonly up: boolean;
  /** Answers to no packet that waits for one: a second answer, or one after its time. */
  readonly strayAnswers: number;
  /** Sends one packet and gives its answer. */
  send(packet: {
    destination: string;
    amount?: number;
    expiresInMs?: number;
    secret?: string;
    dataBytes?: number | undefined;
  }): Promise<Answer>;
  close(): Promise<void>;
}

export async function startSender(url: string, token: string): Promise<Sender> {
  const btp = await openBtp({
    peers: [{ name: "node", token, url }],
    handler: { onMessage: () => {}, onTransfer: () => {} },
  });
  const session = btp.sessions.get("node")!;
  return {
    get up() {
      return session.up;
    },
    get strayAnswers() {
      const { unexpectedAnswers, lateAnswers } = session.counters;
      return unexpectedAnswers + lateAnswers;
    },
    send({ destination, amount = 100, expiresInMs = 10_000, secret = "plimsoll", dataBytes = 64 }) {
      const data = randomBytes(dataBytes);
      const fulfillment = createHmac("sha256", secret).update(data).digest();
      const condition = createHash("sha256").update(fulfillment).digest();
      const prepare = { amount, expiresAtMs: Date.now() + expiresInMs, condition, destination, data };
      return new Promise((resolve, reject) => {
        const refused = session.request(
          sizeOfIlpFrame(sizeOfPrepare(prepare)),
          (id, into, at) => writePrepareFrame(id, prepare, into, at),
          {
            onAnswer: (answer) => resolve(understood(answer, fulfillment)),
            onFailure: () => resolve({ kind: "none" }),
          },
          expiresInMs + 5_000,
        );
        if (refused !== undefined) reject(new Error(refused));
      });
    },
    close: () => btp.close(),
  };
}

function understood({ type, bytes, ilpStart, ilpEnd }: FrameView, expected: Uint8Array): Answer {
  if (type !== FrameType.response || ilpStart < 0) return { kind: "error" };
  if (bytes[ilpStart] === PacketType.fulfill) {
    const { fulfillment } = readFulfill(bytes, undefined, ilpStart, ilpEnd);
    return { kind: Buffer.from(fulfillment).equals(expected) ? "fulfill" : "error" };
  }
  const { code, triggeredBy } = readReject(bytes, undefined, ilpStart, ilpEnd);
  return { kind: "reject", code, triggeredBy };
}
