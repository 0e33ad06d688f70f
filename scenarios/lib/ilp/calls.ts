import type { Calls } from "../calls.ts";
import type { Environment } from "../environment.ts";
import { type PacedLoad, type Plan, peakOf } from "../plan.ts";
import { pacedSender, type SenderOptions } from "./paced-sender.ts";

/** Time for the warm-up's last packets to be answered. */
const DRAIN_SECONDS = 1;

/** The bundled network's, where nothing else is said. */
const DEFAULTS = {
  url: "ws://127.0.0.1:3000",
  token: "alice-token",
  destination: "test.a.bob.wallet",
  secret: "plimsoll",
};

/**
 * The calls of a plan that sends ILP packets: the load, and before it a warm-up at its peak. `-e BASE_URL=ws://...`
 * aims at another connector, as whom `-e TOKEN=` says; `-e DESTINATION=` and `-e SECRET=` are its receiver's.
 *
 * @param own where a scenario's packets go unless said, and what watches them
 */
export function packetCalls(
  plan: Plan,
  env: Environment,
  own: Partial<Pick<SenderOptions, "destination" | "watch">> = {},
): Calls {
  const { load, warmUpSeconds } = plan;
  if (load.model !== "paced") throw new Error(`${plan.scenario} is not a paced load`);
  const options = {
    url: urlIn(env),
    token: env.TOKEN || DEFAULTS.token,
    secret: env.SECRET || DEFAULTS.secret,
    ...own,
    destination: env.DESTINATION || own.destination || DEFAULTS.destination,
  };
  const peak = peakOf(load);
  const before: PacedLoad = {
    ...load,
    from: peak,
    // It ends a second before the load begins: what it left in the connector is not the load's.
    stages: [{ phase: "warm-up", seconds: Math.max(1, warmUpSeconds - DRAIN_SECONDS), to: peak }],
  };
  return { main: pacedSender(load, plan, options), warmUp: pacedSender(before, plan, options) };
}

function urlIn({ VARIANTS, BASE_URL }: Environment): string {
  const named = VARIANTS?.split(",").find((pair) => pair.startsWith("ilp="));
  return named?.slice("ilp=".length) || BASE_URL || DEFAULTS.url;
}
