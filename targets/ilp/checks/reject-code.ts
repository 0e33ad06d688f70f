/** The Reject codes of RFC 0027 (Error Codes) by name. F is final, T temporary, R relative to amount or time. */
export const REJECT_CODES = {
  F00: "Bad Request",
  F01: "Invalid Packet",
  F02: "Unreachable",
  F03: "Invalid Amount",
  F04: "Insufficient Destination Amount",
  F05: "Wrong Condition",
  F06: "Unexpected Payment",
  F07: "Cannot Receive",
  F08: "Amount Too Large",
  F99: "Application Error",
  T00: "Internal Error",
  T01: "Peer Unreachable",
  T02: "Peer Busy",
  T03: "Connector Busy",
  T04: "Insufficient Liquidity",
  T05: "Rate Limited",
  T99: "Application Error",
  R00: "Transfer Timed Out",
  R01: "Insufficient Source Amount",
  R02: "Insufficient Timeout",
  R99: "Application Error",
} as const;

export type RejectCode = keyof typeof REJECT_CODES;

/** Why a packet goes no further: a Reject but for `triggeredBy`, which is the node's own address. */
export interface Refusal {
  readonly code: RejectCode;
  readonly message: string;
  readonly data: Uint8Array;
}

const NO_DATA = new Uint8Array(0);

/**
 * A refusal to be made once and answered with again and again: a flood of packets that are refused allocates nothing,
 * and whoever encodes it can keep the bytes by the object.
 */
export function refusal(code: RejectCode, message: string): Refusal {
  return Object.freeze({ code, message, data: NO_DATA });
}
