import { count, latency } from "../format.ts";
import type { Findings } from "../results/run-schema.ts";

type Forwarding = NonNullable<Findings["forwarding"]>;

/** How long packets took through a network, and whether its telemetry told all of them: a sentence each. */
export function forwardingSentences({ ingressToEgressMs, roundTripMs, events }: Forwarding): string[] {
  const { seen, missing, twice, strange } = events;
  const also = [
    ...(twice > 0 ? [`${count(twice)} came twice`] : []),
    ...(strange > 0 ? [`${count(strange)} were of other packets`] : []),
  ];
  return [
    ...timesSentence("Forwarding, first hop to last", ingressToEgressMs),
    ...timesSentence("There and back", roundTripMs),
    `${[`${count(seen)} telemetry events, ${missing === 0 ? "none" : count(missing)} missing`, ...also].join("; ")}.`,
  ];
}

function timesSentence(what: string, times: Forwarding["roundTripMs"]): string[] {
  if (times === null) return [];
  const { n, p50, p95, p99, max } = times;
  const stats = `p50 ${latency(p50)}, p95 ${latency(p95)}, p99 ${latency(p99)}, max ${latency(max)}`;
  return [`${what}: ${stats} (${count(n)} packets).`];
}
