import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

export type Forwarding = NonNullable<Findings["forwarding"]>;

/**
 * How long the packets of a load took through a network, and what its telemetry told of them; the warm-up is left out.
 * Undefined for a run in which nobody watched telemetry.
 */
export function forwarding({ fold, plan }: Evidence): Forwarding | undefined {
  const own = { scenario: plan.scenario };
  if (fold.counter("telemetry_events", own) === undefined) return undefined;
  const outcome = (name: string) => fold.counter("telemetry_events", { ...own, outcome: name }) ?? 0;
  const times = (metric: string) => {
    const found = fold.trend(metric, own).summary();
    if (found === undefined) return null;
    const { n, p50, p95, p99, max } = found;
    return { n, p50, p95, p99, max };
  };
  return {
    ingressToEgressMs: times("forwarding_latency"),
    roundTripMs: times(LATENCY),
    events: {
      seen: outcome("seen"),
      missing: outcome("missing"),
      twice: outcome("twice"),
      strange: outcome("strange"),
    },
  };
}
