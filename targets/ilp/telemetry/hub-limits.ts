import { MAX_BATCH_BYTES } from "./event.ts";

/** Every bound of the hub: nothing that a publisher or a subscriber can make grow is without one. */
export interface HubLimits {
  /** Largest frame of a publisher. */
  readonly batchBytes: number;
  /** Largest frame of a subscriber. */
  readonly requestBytes: number;
  /** Bytes that may wait for one subscriber; beyond it batches are left out for this one. */
  readonly waitingBytes: number;
  /** A subscriber that stays beyond it for this long is cut. */
  readonly stuckMs: number;
  /** How often that is looked at. */
  readonly sweepMs: number;
  /** Pings a second of one subscriber, in the long run and at once; a faster one is cut. */
  readonly pingsPerSecond: number;
  readonly pingBurst: number;
  readonly publishers: number;
  readonly subscribers: number;
  /** TCP connections of all kinds. */
  readonly connections: number;
  /** How long a request may take to arrive, and a closing handshake to end. */
  readonly requestMs: number;
  readonly closeMs: number;
}

export const HUB_LIMITS: HubLimits = {
  batchBytes: MAX_BATCH_BYTES,
  requestBytes: 1024,
  waitingBytes: 4_000_000,
  stuckMs: 10_000,
  sweepMs: 500,
  pingsPerSecond: 100,
  pingBurst: 200,
  publishers: 256,
  subscribers: 64,
  connections: 1000,
  requestMs: 5000,
  closeMs: 1000,
};
