import type { Waiting } from "../btp/btp.ts";
import type { PeerChecks } from "../checks/peer-checks.ts";
import { REJECT_CODES } from "../checks/reject-code.ts";

/** Writes a frame under a request id; see the BTP room's FrameWriter. */
type Write = (requestId: number, into: Uint8Array, at: number) => number;

/** Where the answer to a packet goes: the BTP link it came by. */
export interface Asker {
  /** False when there is nobody left to answer. */
  respond(requestId: number, size: number, write: Write): boolean;
}

/** Where a packet goes on to: a peer's BTP session. */
export interface NextHop {
  /** Sends a request, or says at once why not. */
  request(
    size: number,
    write: Write,
    waiting: Waiting,
    timeoutMs: number,
  ): "DOWN" | "BACKPRESSURE" | "PENDING_FULL" | undefined;
}

/** Packets of one peer by how they ended. */
export class Outcomes {
  received = 0;
  forwarded = 0;
  fulfilled = 0;
  /**
   * By Reject code, whoever it came from: those of RFC 0027 by name, all else as `other`. A peer may write any three
   * characters, and each would be a counter and a metric's label for good.
   */
  readonly rejected: Record<string, number> = {};
  /** Answers that nobody was left to take. */
  unanswered = 0;

  reject(code: string): void {
    const name = Object.hasOwn(REJECT_CODES, code) ? code : "other";
    this.rejected[name] = (this.rejected[name] ?? 0) + 1;
  }
}

/** What the packet path knows of a peer. */
export interface Peer {
  readonly name: string;
  readonly hop: NextHop;
  readonly checks: PeerChecks;
  /** Its account's number in the ledger. */
  readonly account: number;
  /** Its number in the telemetry. */
  readonly telemetryId: number;
  readonly outcomes: Outcomes;
  /** Told what we come to owe the peer; undefined for one that is promised no claims. */
  readonly payer?: { owe(units: number): void } | undefined;
  /** Told what the peer comes to owe us; undefined for one whose claims are not verified. */
  readonly payee?: { owes(units: number): void } | undefined;
}
