import type { FrameView } from "../../../wire/btp.ts";
import { FulfillView, HASH_SIZE, type PrepareView } from "../../../wire/ilp.ts";
import type { Failure, Waiting as WaitingForAnswer } from "../btp/btp.ts";
import type { LedgerError, Waiting as WaitingForDisk } from "../ledger/ledger.ts";
import type { Asker, Peer } from "./peer.ts";

/** What becomes of a packet that is under way; the packet path. */
export interface Ends {
  answered(packet: HeldPacket, answer: FrameView): void;
  failed(packet: HeldPacket, failure: Failure): void;
  durable(packet: HeldPacket, error: LedgerError | undefined): void;
}

const NOBODY = undefined as unknown as Peer;
const NO_ASKER = undefined as unknown as Asker;
const NO_BYTES = new Uint8Array(0);

/**
 * A Prepare that went on and has no answer yet, and then its Fulfill until it is on disk. It is what the BTP session and
 * the ledger are given to call back, so a packet needs no closure; and it is used again for a later packet.
 */
export class HeldPacket implements WaitingForAnswer, WaitingForDisk {
  readonly #ends: Ends;
  from = NOBODY;
  to = NOBODY;
  asker = NO_ASKER;
  requestId = 0;
  amount = 0;
  forwardedAmount = 0;
  /** On the monotonic clock. */
  acceptedAtMs = 0;
  /** The ledger's id of what the sender pays the next hop, and of what it pays us; 0 for no fee. */
  transfer = 0;
  feeTransfer = 0;
  readonly condition = new Uint8Array(HASH_SIZE);
  readonly fulfill = new FulfillView();

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** It goes on its way now. */
  begin(
    from: Peer,
    to: Peer,
    asker: Asker,
    requestId: number,
    prepare: PrepareView,
    forwardedAmount: number,
    runMs: number,
  ): void {
    this.from = from;
    this.to = to;
    this.asker = asker;
    this.requestId = requestId;
    this.amount = prepare.amountNumber;
    this.forwardedAmount = forwardedAmount;
    this.acceptedAtMs = runMs;
    this.transfer = 0;
    this.feeTransfer = 0;
    this.condition.set(prepare.condition);
  }

  /** It is over, and waits for a later packet, who knows for how long: lets go of all that is not its own. */
  end(): void {
    this.from = NOBODY;
    this.to = NOBODY;
    this.asker = NO_ASKER;
    this.fulfill.bytes = NO_BYTES;
  }

  onAnswer(answer: FrameView): void {
    this.#ends.answered(this, answer);
  }

  onFailure(failure: Failure): void {
    this.#ends.failed(this, failure);
  }

  durable(error?: LedgerError): void {
    this.#ends.durable(this, error);
  }
}
