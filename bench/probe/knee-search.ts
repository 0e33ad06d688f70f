/** Rates are packets a second. */
export interface Steps {
  readonly from: number;
  /** How far apart the rates are until one is not held. */
  readonly step: number;
  /** How near the knee is found. */
  readonly nearness: number;
  /** No higher rate is tried. */
  readonly most: number;
}

/** The highest rate that was held, and the lowest that was not; undefined where there was none. */
export interface Knee {
  readonly held: number | undefined;
  readonly broke: number | undefined;
}

/**
 * Finds the knee: up in steps until a rate is not held (or, where the first is not, down until one is), then halves what
 * is between, until held and broken are `nearness` apart.
 *
 *     held   ●────●────●         ●
 *     broke                  ●       ●
 *            10   12.5 15    17.5 → 16, 16.5
 *
 * Where rates hold below a limit and break above it, it is that limit; where chance has a part in it, no rate above the
 * answer was held, of those that were tried.
 */
export async function findKnee(
  { from, step, nearness, most }: Steps,
  holds: (rate: number) => Promise<boolean>,
): Promise<Knee> {
  let held: number | undefined;
  let broke: number | undefined;
  for (let rate = from; rate <= most && broke === undefined; rate += step) {
    if (await holds(rate)) held = rate;
    else broke = rate;
  }
  for (let rate = from - step; rate > 0 && held === undefined; rate -= step) {
    if (await holds(rate)) held = rate;
    else broke = rate;
  }
  if (held === undefined || broke === undefined) return { held, broke };
  let [low, high] = [held, broke];
  while (high - low > nearness) {
    const middle: number = low + Math.max(1, Math.floor((high - low) / 2 / nearness)) * nearness;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return { held: low, broke: high };
}
