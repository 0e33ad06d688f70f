import type { Node } from "../node.ts";
import { inSeconds, type Labels, type Readings, type Series } from "./readings.ts";

/** What became of the packets, how long it took, and what is held and owed for them. */
export function packetMetrics(readings: Readings, { peers, path }: Node): void {
  readings.counter(
    "ilp_packets_total",
    "Prepares by the peer they came from and how they ended; forwarded: by the peer they went to.",
    function* (): Series<number> {
      for (const { name: peer, outcomes } of peers) {
        yield [{ peer, outcome: "received" }, outcomes.received];
        yield [{ peer, outcome: "forwarded" }, outcomes.forwarded];
        yield [{ peer, outcome: "fulfilled" }, outcomes.fulfilled];
        yield [{ peer, outcome: "unanswered" }, outcomes.unanswered];
        for (const [code, n] of Object.entries(outcomes.rejected))
          yield [{ peer, outcome: "rejected", code }, n];
      }
    },
  );
  readings.histogram(
    "ilp_packet_duration_seconds",
    "From the receipt of a Prepare to its answer, by outcome.",
    () => [
      [{ outcome: "fulfilled" }, inSeconds(path.latencyMs.fulfilled.read())],
      [{ outcome: "rejected" }, inSeconds(path.latencyMs.rejected.read())],
    ],
  );
  const byPeer = (read: (peer: Node["peers"][number]) => number) => () =>
    peers.map((peer): [Labels, number] => [{ peer: peer.name }, read(peer)]);
  readings.gauge(
    "ilp_held_packets",
    "Packets that went on and are not answered yet, by the peer they came from.",
    byPeer(({ checks }) => checks.holds.packets),
  );
  readings.gauge(
    "ilp_held_units",
    "What those packets are worth.",
    byPeer(({ checks }) => checks.holds.amount),
  );
  readings.gauge(
    "ilp_peer_owes_units",
    "What a peer owes; negative when this node owes it.",
    byPeer(({ checks }) => checks.credit.balance),
  );
}
