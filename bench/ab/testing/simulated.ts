import { mulberry32 } from "../../../scenarios/lib/blocks.ts";
import { lookLevels } from "../../stats/alpha-spending.ts";
import { type Decision, LEAST_ROUNDS, type LogRatios, lookAt, type Metric, type Rule } from "../look.ts";

export interface Noise {
  /** Standard deviation of a pair's log ratio. */
  readonly pair: number;
  /** How much of it a pair has from the pair before, 0 to 1. */
  readonly lasting: number;
  /** Standard deviation of the logarithm of a process's speed, from one process of a build to the next. */
  readonly process: number;
  /** Share of the pairs that something hit: four times the noise. */
  readonly hit: number;
}

/** A trial that never was: B takes `1 + slower` times as long as A; all rounds that may be needed. */
export function simulatedRounds(
  { rounds, pairs }: { rounds: number; pairs: number },
  noise: Noise,
  slower: number,
  seed: number,
): Map<Metric, LogRatios> {
  const random = mulberry32(seed);
  // Box and Muller, 1958.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const all: Record<Metric, number[][]> = { "latency-mean": [], "latency-p50": [], cpu: [] };
  for (let r = 0; r < rounds; r++) {
    const offset = Math.log1p(slower) + noise.process * (normal() - normal());
    // The median and CPU time are quieter than the mean, and share its mood.
    const of = { "latency-mean": 1, "latency-p50": 0.7, cpu: 0.5 } as const;
    let mood = normal();
    const series: Record<Metric, number[]> = { "latency-mean": [], "latency-p50": [], cpu: [] };
    for (let i = 0; i < pairs; i++) {
      mood = noise.lasting * mood + Math.sqrt(1 - noise.lasting ** 2) * normal();
      const hit = random() < noise.hit ? 4 : 1;
      for (const [metric, share] of Object.entries(of) as [Metric, number][])
        series[metric].push(offset + share * noise.pair * (0.8 * hit * mood + 0.6 * normal()));
    }
    for (const metric of Object.keys(all) as Metric[]) all[metric].push(series[metric]);
  }
  return new Map(Object.entries(all) as [Metric, number[][]][]);
}

/** Looks after each round from the second on, until one decides. */
export function trial(
  measured: ReadonlyMap<Metric, LogRatios>,
  rule: Rule,
): { decision: Decision; rounds: number } {
  const most = [...measured.values()][0]?.length ?? 0;
  const levels = lookLevels(
    rule.alpha,
    Array.from({ length: most - LEAST_ROUNDS + 1 }, (_, i) => (i + LEAST_ROUNDS) / most),
  );
  for (const [i, level] of levels.entries()) {
    const rounds = i + LEAST_ROUNDS;
    const soFar = new Map([...measured].map(([metric, all]) => [metric, all.slice(0, rounds)]));
    const { decision } = lookAt(soFar, rule, level);
    if (decision !== "open") return { decision, rounds };
  }
  return { decision: "open", rounds: most };
}
