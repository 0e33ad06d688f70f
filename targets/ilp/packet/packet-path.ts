import { hash } from "node:crypto";
import { FrameType, type FrameView, forwardPrepare, sizeOfIlpFrame } from "../../../wire/btp.ts";
import { WireError } from "../../../wire/error.ts";
import {
  PacketType,
  PrepareView,
  RejectView,
  readFulfill,
  readPrepare,
  readReject,
} from "../../../wire/ilp.ts";
import type { Failure, Overload } from "../btp/btp.ts";
import { checkExpiry, type ExpiryRules, forwardedExpiry } from "../checks/expiry.ts";
import { checkFee, type FeeRules, feeOf } from "../checks/fee.ts";
import type { Unpaid } from "../checks/holds.ts";
import { type Refusal, refusal } from "../checks/reject-code.ts";
import { Distribution } from "../distribution.ts";
import { type Ledger, LedgerError } from "../ledger/ledger.ts";
import type { Route } from "../routing/route.ts";
import type { Router } from "../routing/router.ts";
import { epochMs, epochMsAt } from "../telemetry/event.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { Answers } from "./answer.ts";
import { HeldPacket } from "./held-packet.ts";
import type { Asker, Peer } from "./peer.ts";

/** A route with what its peer is to this node. */
export interface PeerRoute extends Route {
  readonly to: Peer;
}

export interface PathParts {
  /** The node's ILP address. */
  readonly address: string;
  readonly router: Router<PeerRoute>;
  readonly ledger: Ledger;
  /** The ledger's account that fees go to. */
  readonly feeAccount: number;
  readonly telemetry: Telemetry;
  readonly expiry: ExpiryRules;
  readonly fee: FeeRules;
}

const INVALID = refusal("F01", "this is not a Prepare as RFC 0027 has it");
const NO_ROUTE = refusal("F02", "no route to this destination");
const BACK_TO_SENDER = refusal("F02", "the route leads back to where the packet came from");
const PEER_DOWN = refusal("T01", "the next peer is not connected");
const PEER_SLOW = refusal("T03", "the next peer takes no more packets now");
const PEER_MUTE = refusal("T04", "the next peer leaves too many packets unanswered");
const LEDGER_FULL = refusal("T04", "the ledger takes no more holds now");
const LEDGER_DOWN = refusal("T00", "the ledger cannot write now");
const NOT_PAID = refusal("T00", "the ledger could not make the payment final");
const PAID_TOO_LATE = refusal("R00", "the time was over before the ledger could make the payment final");
const TOO_MUCH = refusal("F03", "an amount the ledger cannot hold");
const TIMED_OUT = refusal("R00", "no answer came in time");
const LINK_LOST = refusal("T01", "the next peer's connection was lost");
const WRONG_CONDITION = refusal("F05", "the fulfillment is not the condition's");
const BAD_ANSWER = refusal("T00", "the next peer's answer was no ILP packet");

const HOP_REFUSALS = { DOWN: PEER_DOWN, BACKPRESSURE: PEER_SLOW, PENDING_FULL: PEER_MUTE } as const;
const OVERLOADS: Readonly<Record<Overload, Refusal>> = {
  BACKPRESSURE: refusal("T03", "too much waits for this peer to read it"),
  INBOUND_FULL: refusal("T04", "too many packets of this connection wait for an answer"),
};
const FAILURES: Readonly<Record<Failure, Refusal>> = { TIMED_OUT, LINK_LOST };

/**
 * The way of a packet through the connector (RFC 0027, Packet Lifecycle): read, checked, routed, held in the ledger, sent
 * on; then its answer: a Fulfill goes back once the payment is on disk, a Reject at once. Everything is refused by an
 * answer, and each packet gets exactly one.
 */
export class PacketPath {
  readonly #parts: PathParts;
  readonly #answers: Answers;
  readonly #nobody: number;
  /** Records of packets that are over; as many as there were under way at once, which ledger and sessions bound. */
  readonly #spare: HeldPacket[] = [];
  /** Used again for every packet. */
  readonly #prepare = new PrepareView();
  readonly #reject = new RejectView();
  /** From the receipt of a Prepare to its answer, in ms. */
  readonly latencyMs = { fulfilled: Distribution.ofMs(), rejected: Distribution.ofMs() } as const;
  // What the next frame is to be written from; see #writeForward.
  #frame!: FrameView;
  #amount = 0;
  #expiresAtMs = 0;
  #held = 0;

  constructor(parts: PathParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts.address);
    this.#nobody = parts.telemetry.peer("");
  }

  /** Packets that went on and have no answer yet, or none that is on disk. */
  get held(): number {
    return this.#held;
  }

  /**
   * A Message with an ILP packet came from a peer. Keeps nothing of the view but the bytes under it.
   *
   * @param overload why the peer's connection takes no more: then it is counted and refused, and nothing else
   */
  receive(from: Peer, asker: Asker, frame: FrameView, overload?: Overload): void {
    from.outcomes.received++;
    const runMs = performance.now();
    const prepare = this.#read(frame);
    if (prepare === undefined) {
      this.#tell(from, asker, frame.requestId, INVALID, runMs);
      return;
    }
    const nowMs = epochMsAt(runMs);
    const { telemetry } = this.#parts;
    const amount = exact(prepare);
    telemetry.received(prepare.bytes, conditionAt(prepare), from.telemetryId, amount, nowMs);
    const refused =
      overload === undefined ? this.#forward(from, asker, frame, prepare, runMs, nowMs) : OVERLOADS[overload];
    if (refused === undefined) return;
    const { code } = refused;
    telemetry.rejected(prepare.bytes, conditionAt(prepare), from.telemetryId, amount, nowMs, code);
    this.#tell(from, asker, frame.requestId, refused, runMs);
  }

  /**
   * Sends a packet on to the next hop, or says why not.
   *
   * @param runMs when it came, by the monotonic clock: what a peer may do in a time, and how long a packet took
   * @param nowMs the same by the calendar: its expiry, and what telemetry says
   */
  #forward(
    from: Peer,
    asker: Asker,
    frame: FrameView,
    prepare: PrepareView,
    runMs: number,
    nowMs: number,
  ): Refusal | undefined {
    const { telemetry, router, expiry, fee } = this.#parts;
    const unfit = from.checks.check(prepare, runMs) ?? checkExpiry(expiry, prepare.expiresAtMs, nowMs);
    if (unfit !== undefined) return unfit;
    const amount = prepare.amountNumber;
    const to = router.lookup(prepare)?.to;
    telemetry.routed(prepare.bytes, conditionAt(prepare), to?.telemetryId ?? this.#nobody, amount, nowMs);
    if (to === undefined) return NO_ROUTE;
    if (to === from) return BACK_TO_SENDER;
    const kept = feeOf(fee, amount);
    const tooLittle = checkFee(amount, kept);
    if (tooLittle !== undefined) return tooLittle;

    const packet = this.#spare.pop() ?? new HeldPacket(this);
    packet.begin(from, to, asker, frame.requestId, prepare, amount - kept, runMs);
    const refused =
      this.#hold(packet, kept, prepare.expiresAtMs) ?? this.#send(packet, frame, prepare, nowMs);
    if (refused !== undefined) {
      this.#recycle(packet);
      return refused;
    }
    this.#held++;
    from.checks.accept(amount, runMs);
    to.outcomes.forwarded++;
    const sentAtMs = epochMs();
    telemetry.sent(prepare.bytes, conditionAt(prepare), to.telemetryId, packet.forwardedAmount, sentAtMs);
    return undefined;
  }

  /** Holds in the ledger what the sender pays: the next hop, and the fee. */
  #hold(packet: HeldPacket, fee: number, expiresAtMs: number): Refusal | undefined {
    const { ledger, feeAccount } = this.#parts;
    const { from, to } = packet;
    try {
      packet.transfer = ledger.reserve(from.account, to.account, packet.forwardedAmount, expiresAtMs);
      if (fee > 0) packet.feeTransfer = ledger.reserve(from.account, feeAccount, fee, expiresAtMs);
      return undefined;
    } catch (error) {
      this.#giveBack(packet);
      return refusalOf(error);
    }
  }

  #send(packet: HeldPacket, frame: FrameView, prepare: PrepareView, nowMs: number): Refusal | undefined {
    this.#frame = frame;
    this.#amount = packet.forwardedAmount;
    this.#expiresAtMs = forwardedExpiry(this.#parts.expiry, prepare.expiresAtMs, nowMs);
    const size = sizeOfIlpFrame(prepare.end - prepare.start);
    const refused = packet.to.hop.request(size, this.#writeForward, packet, this.#expiresAtMs - nowMs);
    if (refused === undefined) return undefined;
    this.#giveBack(packet);
    return HOP_REFUSALS[refused];
  }

  /** The next hop answered; for the held packet. */
  answered(packet: HeldPacket, answer: FrameView): void {
    const kind = this.#understand(packet, answer);
    if (kind === "paid") {
      const { ledger } = this.#parts;
      ledger.post(packet.transfer, packet);
      // Behind the payment: a crash between the two costs us the fee, and nobody else anything.
      if (packet.feeTransfer !== 0) ledger.post(packet.feeTransfer, NOBODY_WAITS);
    } else if (kind === "rejected") {
      const { code } = this.#reject;
      this.#giveBack(packet);
      // A later hop's time-out comes before our own: each hop has less time than the one before.
      this.#unpaid(packet, code, code === TIMED_OUT.code ? "ran out" : "rejected");
      if (!this.#answers.relay(packet.asker, packet.requestId, answer)) packet.from.outcomes.unanswered++;
      this.#recycle(packet);
    } else {
      this.#giveBack(packet);
      this.#end(packet, kind, "rejected");
    }
  }

  /** What an answer says: paid, with the Fulfill in the packet, rejected, with the Reject in `#reject`, or nothing right. */
  #understand(packet: HeldPacket, answer: FrameView): "paid" | "rejected" | Refusal {
    const { bytes, ilpStart: start, ilpEnd: end } = answer;
    if (answer.type !== FrameType.response || start < 0) return BAD_ANSWER;
    try {
      if (bytes[start] !== PacketType.fulfill) {
        readReject(bytes, this.#reject, start, end);
        return "rejected";
      }
      const { fulfillment } = readFulfill(bytes, packet.fulfill, start, end);
      return sameBytes(hash("sha256", fulfillment, "buffer"), packet.condition) ? "paid" : WRONG_CONDITION;
    } catch (error) {
      if (error instanceof WireError) return BAD_ANSWER;
      throw error;
    }
  }

  /** The next hop gave no answer; for the held packet. */
  failed(packet: HeldPacket, failure: Failure): void {
    this.#giveBack(packet);
    this.#end(packet, FAILURES[failure], failure === "TIMED_OUT" ? "ran out" : "rejected");
  }

  /** The payment is final on disk, or will never be; for the held packet. */
  durable(packet: HeldPacket, error: LedgerError | undefined): void {
    if (error !== undefined) {
      // A post that was told so is given back by the ledger itself.
      this.#end(packet, error.code === "EXPIRED" ? PAID_TOO_LATE : NOT_PAID, "not written");
      return;
    }
    const { from, to, asker, requestId, amount, forwardedAmount, acceptedAtMs, condition } = packet;
    const runMs = performance.now();
    this.#held--;
    from.checks.fulfilled(amount);
    to.checks.credit.owe(forwardedAmount);
    to.payer?.owe(forwardedAmount);
    from.payee?.owes(amount);
    from.outcomes.fulfilled++;
    this.latencyMs.fulfilled.add(runMs - acceptedAtMs);
    this.#parts.telemetry.fulfilled(condition, 0, from.telemetryId, amount, epochMsAt(runMs));
    if (!this.#answers.fulfill(asker, requestId, packet.fulfill)) from.outcomes.unanswered++;
    this.#recycle(packet);
  }

  #read(frame: FrameView): PrepareView | undefined {
    try {
      return readPrepare(frame.bytes, this.#prepare, frame.ilpStart, frame.ilpEnd);
    } catch (error) {
      if (error instanceof WireError) return undefined;
      throw error;
    }
  }

  /** Ends a packet that went on, with a Reject of our own. */
  #end(packet: HeldPacket, why: Refusal, how: Unpaid): void {
    this.#unpaid(packet, why.code, how);
    if (!this.#answers.refuse(packet.asker, packet.requestId, why)) packet.from.outcomes.unanswered++;
    this.#recycle(packet);
  }

  /** Books a packet that went on and is not paid. */
  #unpaid(packet: HeldPacket, code: string, how: Unpaid): void {
    const { from, amount, acceptedAtMs, condition } = packet;
    const runMs = performance.now();
    const tookMs = runMs - acceptedAtMs;
    this.#held--;
    from.checks.unpaid(amount, tookMs, how);
    from.outcomes.reject(code);
    this.latencyMs.rejected.add(tookMs);
    this.#parts.telemetry.rejected(condition, 0, from.telemetryId, amount, epochMsAt(runMs), code);
  }

  /** Answers a packet that went nowhere. */
  #tell(from: Peer, asker: Asker, requestId: number, why: Refusal, receivedMs: number): void {
    from.outcomes.reject(why.code);
    this.latencyMs.rejected.add(performance.now() - receivedMs);
    if (!this.#answers.refuse(asker, requestId, why)) from.outcomes.unanswered++;
  }

  #recycle(packet: HeldPacket): void {
    packet.end();
    this.#spare.push(packet);
  }

  #giveBack({ transfer, feeTransfer }: HeldPacket): void {
    const { ledger } = this.#parts;
    if (transfer !== 0) ledger.void(transfer);
    if (feeTransfer !== 0) ledger.void(feeTransfer);
  }

  readonly #writeForward = (requestId: number, into: Uint8Array, at: number) =>
    forwardPrepare(this.#frame, this.#prepare, requestId, this.#amount, this.#expiresAtMs, into, at);
}

/** From the amount to the condition: amount u64, then the expiry's 17 characters. */
const CONDITION_OFFSET = 8 + 17;

const conditionAt = ({ amountAt }: PrepareView) => amountAt + CONDITION_OFFSET;

/** The amount for telemetry, which tells it to the unit. */
function exact(prepare: PrepareView): number | bigint {
  const { amountNumber } = prepare;
  return amountNumber === Number.POSITIVE_INFINITY ? prepare.amount : amountNumber;
}

const NOBODY_WAITS = { durable: () => {} };

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof LedgerError)) throw error;
  if (error.code === "FULL") return LEDGER_FULL;
  return error.code === "INVALID" ? TOO_MUCH : LEDGER_DOWN;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
