/** BTP/2.0 sessions over WebSocket (RFC 0023), both sides: the connector's links to its peers. */

import { type Clock, systemClock } from "./clock.ts";
import type { PeerConfig } from "./config.ts";
import { Dialer } from "./dialer.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { BtpServer, type DoorCounters, type Listen } from "./server.ts";
import { type Handler, Session } from "./session.ts";

export { type Clock, systemClock } from "./clock.ts";
export type { PeerConfig } from "./config.ts";
export { Counters } from "./counters.ts";
export { BtpError, type BtpErrorCode } from "./error.ts";
export type { BtpCodeName } from "./error-frame.ts";
export { DEFAULT_LIMITS, type Limits, MAX_PAYLOAD } from "./limits.ts";
export type { Link, LinkEnd } from "./link.ts";
export type { FrameWriter } from "./outbox.ts";
export type { Failure, Waiting } from "./pending.ts";
export type { DoorCounters, Listen } from "./server.ts";
export { type Handler, type Overload, type Refusal, Session } from "./session.ts";

export interface BtpOptions {
  readonly peers: readonly PeerConfig[];
  readonly handler: Handler;
  /** Where peers without a url connect to; without it none can. */
  readonly listen?: Listen;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** For the back-off, 0 to below 1. */
  readonly random?: () => number;
}

export interface Btp {
  /** Every peer's session, by name, whether it is up or not. */
  readonly sessions: ReadonlyMap<string, Session>;
  /** Where it listens; undefined if nowhere, or on someone else's server. */
  readonly port: number | undefined;
  /** Connections that never became a session's; undefined without a server. */
  readonly door: DoorCounters | undefined;
  /**
   * Takes no new requests, lets those under way be answered for at most `drainMs`, ends every link, and leaves no timer,
   * socket or listener behind.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * Opens the links of one node: dials peers that have a url, and lets the others in.
 *
 * @throws BtpError NO_SUCH_PORT
 */
export async function openBtp(options: BtpOptions): Promise<Btp> {
  const { peers, handler, listen, clock = systemClock, random } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const sessions = new Map(
    peers.map(({ name, sockets = 1 }) => [name, new Session(name, { handler, limits, clock, sockets })]),
  );
  const accepts = new Map(
    peers
      .filter(({ url }) => url === undefined)
      .map(({ name, token }) => [name, { session: sessions.get(name)!, token }]),
  );
  const server = listen && new BtpServer({ listen, accepts, limits, clock });
  await server?.listen();
  const dialers = peers.flatMap(({ name, token, url }) =>
    url === undefined ? [] : new Dialer(sessions.get(name)!, url, token, random),
  );
  for (const dialer of dialers) dialer.start();
  return {
    sessions,
    port: server?.port,
    door: server?.counters,
    async close(drainMs = 5_000) {
      server?.turnAway();
      const gone = dialers.map((dialer) => dialer.close());
      await Promise.all([...sessions.values()].map((session) => session.close(drainMs)));
      await Promise.all([server?.close(), ...gone]);
    },
  };
}
