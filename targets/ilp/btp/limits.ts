/**
 * Most bytes of one BTP frame, either way; no key of a node's file, since a peer with a lower one would be cut by packets that
 * others may send.
 */
export const MAX_PAYLOAD = 65_536;

/**
 * Every bound of a BTP link. What each turned away is in the counters. Those that a node's file may set are in
 * ../config/btp-limits.ts.
 */
export interface Limits {
  /** Time for a connection to authenticate itself, from its TCP connect on. */
  readonly authMs: number;
  /** Connections of the server, authenticated or not. */
  readonly connections: number;
  /** Requests of ours a peer may leave unanswered; at most 2^20. */
  readonly pending: number;
  /**
   * Requests that came by one link and that we have not answered yet. The handler is told of a Message beyond them and
   * has to answer at once (`INBOUND_FULL`); all else gets a BTP Error.
   */
  readonly inbound: number;
  /** Bytes of one frame of a peer, at most {@link MAX_PAYLOAD}. A longer one closes its link with 1009. */
  readonly maxPayload: number;
  /**
   * Bytes waiting for a peer that does not read fast enough, over all its links: beyond these it gets no new requests, and
   * beyond halfway to {@link hardBytes} its own are refused. Meanwhile a link is cut that in {@link stallMs} takes less
   * than these, or than waited for it.
   */
  readonly softBytes: number;
  /**
   * Bytes waiting for a peer, over all its links, at which the fullest link is cut at once: answers cannot be refused.
   * Soft, hard, and a time for soft, as Redis bounds its clients' buffers.
   */
  readonly hardBytes: number;
  readonly stallMs: number;
  /** A peer that was silent for so long is pinged, and cut when it is silent for as long again. */
  readonly keepAliveMs: number;
  /** Unreadable frames of one link before it is closed. */
  readonly unreadable: number;
  /** Time for the closing handshake. */
  readonly closeMs: number;
  /** Back-off between connects: a random part of `retryFirstMs * 2^n`, which is at most `retryMaxMs`. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  authMs: 5_000,
  connections: 1_024,
  pending: 20_000,
  inbound: 20_000,
  maxPayload: MAX_PAYLOAD,
  softBytes: 1_048_576,
  hardBytes: 16 * 1_048_576,
  stallMs: 10_000,
  keepAliveMs: 15_000,
  unreadable: 100,
  closeMs: 1_000,
  retryFirstMs: 100,
  retryMaxMs: 10_000,
};
