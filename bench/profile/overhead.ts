/** A second of a run: requests a second, and what the profiled process used. */
export interface CostSample {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly cores: number;
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Fewer seconds than this on either side tell nothing. */
const FEWEST = 2;

/**
 * What sampling costs: CPU a request while the sampler was on, as a share more than in the stretch before. Only seconds that
 * lie whole in a stretch count.
 *
 * @returns 0.05 for 5 % more; undefined where too few seconds are known
 */
export function overheadOf(
  samples: readonly CostSample[],
  plain: Stretch,
  sampled: Stretch,
): number | undefined {
  const [before, during] = [plain, sampled].map((stretch) => costIn(samples, stretch));
  return before === undefined || during === undefined ? undefined : during / before - 1;
}

/** Core seconds a request. */
function costIn(samples: readonly CostSample[], { fromMs, toMs }: Stretch): number | undefined {
  const within = samples.filter((sample) => sample.fromMs >= fromMs && sample.toMs <= toMs);
  const sum = (of: "cores" | "requests") => within.reduce((all, sample) => all + sample[of], 0);
  return within.length < FEWEST || sum("cores") === 0 || sum("requests") === 0
    ? undefined
    : sum("cores") / sum("requests");
}
