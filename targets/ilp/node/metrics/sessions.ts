import type { Btp, Session } from "../../btp/btp.ts";
import type { Labels, Readings, Series } from "./readings.ts";

/** The BTP sessions: which are up, what waits in them, and what went through and wrong. */
export function sessionMetrics(readings: Readings, { sessions, door }: Btp): void {
  const byPeer = (read: (session: Session) => number) => () =>
    [...sessions].map(([peer, session]): [Labels, number] => [{ peer }, read(session)]);
  readings.gauge(
    "btp_session_up",
    "1 while a peer is connected, else 0.",
    byPeer(({ up }) => (up ? 1 : 0)),
  );
  readings.gauge(
    "btp_pending_requests",
    "Requests to a peer that it has not answered yet.",
    byPeer(({ pending }) => pending),
  );
  readings.gauge(
    "btp_unanswered_requests",
    "Requests of a peer that this node has not answered yet.",
    byPeer(({ unanswered }) => unanswered),
  );
  readings.gauge(
    "btp_waiting_bytes",
    "Bytes that wait for a peer to read them.",
    byPeer(({ waitingBytes }) => waitingBytes),
  );
  readings.counter("btp_bytes_total", "Bytes of BTP frames, by direction.", function* (): Series<number> {
    for (const [peer, { counters }] of sessions) {
      yield [{ peer, direction: "in" }, counters.bytesIn];
      yield [{ peer, direction: "out" }, counters.bytesOut];
    }
  });
  readings.counter("btp_frames_total", "BTP frames, by direction and type.", function* (): Series<number> {
    for (const [peer, { counters }] of sessions) {
      for (const type of ["message", "response", "error", "transfer"] as const) {
        yield [{ peer, direction: "in", type }, counters[`${type}sIn`]];
        yield [{ peer, direction: "out", type }, counters[`${type}sOut`]];
      }
    }
  });
  readings.counter(
    "btp_events_total",
    "What else happened on a session, each event under the name it has in targets/ilp/btp/counters.ts.",
    function* (): Series<number> {
      for (const [peer, { counters }] of sessions) {
        for (const [event, n] of Object.entries(counters))
          if (!/(In|Out)$/.test(event)) yield [{ peer, event }, n];
      }
    },
  );
  readings.counter(
    "btp_strangers_total",
    "Connections that never became a session's, by reason.",
    function* (): Series<number> {
      for (const [reason, n] of Object.entries(door ?? {})) yield [{ reason }, n];
    },
  );
}
