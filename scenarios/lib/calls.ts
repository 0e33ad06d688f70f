import { sleep } from "k6";
import exec from "k6/execution";
import { Trend } from "k6/metrics";
import { variantAt } from "./blocks.ts";
import { type Environment, urlOf } from "./environment.ts";
import { sayHello } from "./greeter.ts";
import { arrival, elapsedSeconds } from "./pacing.ts";
import { LATENCY, type Plan } from "./plan.ts";
import { stageAt } from "./schedule.ts";

/** From when an arrival was due (open model), or its caller called (closed), to the last byte of its answer. */
const latency = new Trend(LATENCY, true);
/** How late an arrival started after it was due. */
const pacingLag = new Trend("pacing_lag", true);

/** What a script exports to k6: the load itself and the warm-up before it. */
export interface Calls {
  readonly main: () => void;
  readonly warmUp: () => void;
}

/**
 * The calls of a plan. The phase is set on the VU's own tags, so that k6's iteration metrics carry it as well as the
 * request's. URLs are looked up once, when the script is loaded: a wrong one is found before any load.
 */
export function callsOf(plan: Plan, env: Environment): Calls {
  const { load, requestTimeoutMs, blocks } = plan;
  if (blocks && env.BASE_URL && !env.VARIANTS) {
    throw new Error(
      `${plan.scenario} compares variants: -e VARIANTS=none=URL,full=URL,... instead of BASE_URL`,
    );
  }
  const single = env.VARIANT || (env.BASE_URL && !env.VARIANTS ? "external" : plan.variant);
  const variants = blocks?.variants ?? [single];
  const urls = new Map(variants.map((variant) => [variant, urlOf(env, variant)]));

  const call = (phase: string, variant: string, lagMs?: number, extra: Record<string, string> = {}) => {
    const tags = { phase, variant, ...extra };
    Object.assign(exec.vu.metrics.tags, tags);
    if (lagMs !== undefined) pacingLag.add(lagMs);
    latency.add((lagMs ?? 0) + sayHello(urls.get(variant) as string, requestTimeoutMs, tags));
  };

  return {
    main() {
      if (load.model === "open") {
        const { number, dueSeconds, lagMs } = arrival(plan);
        call(stageAt(load, dueSeconds).phase, blocks ? variantAt(blocks, number) : single, lagMs);
      } else if (load.model === "closed") {
        const stage = stageAt(load, elapsedSeconds());
        call(
          stage.phase,
          single,
          undefined,
          plan.extraTags.includes("stage") ? { stage: String(stage.to) } : {},
        );
        sleep(load.thinkMs / 1000);
      }
    },
    warmUp() {
      const at = exec.scenario.iterationInTest;
      call("warm-up", variants[at % variants.length] as string);
      if (load.model === "closed") sleep(load.thinkMs / 1000);
    },
  };
}
