/** Every bound of the connector, in one place: nothing that a client can make grow is without one. */
export interface Limits {
  /** Largest request message, in bytes; beyond it the answer is 429 resource_exhausted. */
  readonly bodyBytes: number;
  /** Largest request head, in bytes; beyond it the answer is 431 and a closed socket. */
  readonly headBytes: number;
  /** How long a request head may take to arrive; a slowloris is cut here. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutMs: number;
  /** How often the two above are checked. */
  readonly checkIntervalMs: number;
  /** How long an idle connection is kept: longer than the pauses of a load test that visits ports in turn. */
  readonly keepAliveMs: number;
  /** A socket without a byte either way for this long is closed, even with a request in flight. */
  readonly socketIdleMs: number;
  /** Open connections on a port; further ones are closed at once and counted. */
  readonly connections: number;
  /** Concurrent streams on one HTTP/2 connection. */
  readonly streamsPerConnection: number;
  /** How long in-flight work may take after SIGTERM. */
  readonly drainMs: number;
  /** Log bytes waiting for stderr; beyond it lines are dropped and counted. */
  readonly logBufferBytes: number;
}

export const LIMITS: Limits = {
  bodyBytes: 1024 * 1024,
  headBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 1_000,
  keepAliveMs: 75_000,
  socketIdleMs: 300_000,
  connections: 10_000,
  streamsPerConnection: 1_000,
  drainMs: 5_000,
  logBufferBytes: 4 * 1024 * 1024,
};
