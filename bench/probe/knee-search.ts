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

/** The highest rate that was held, and the lowest above it that was not; undefined where there was none. */
export interface Knee {
  readonly held: number | undefined;
  readonly broke: number | undefined;
}

/** A rate is held when it holds in as many tries, before as many have failed: in 2 of 3. */
const ENOUGH = 2;

/**
 * Finds the knee: up in steps until a rate is not held (or, where the first is not, down until one is), then halves what
 * is between, until held and broken are `nearness` apart.
 *
 *     held   ●────●────●         ●
 *     broke                  ●       ●
 *            10   12.5 15    17.5 → 16, 16.5
 *
 * On the way one try that holds is enough, since most rates are no answer; the answer itself is tried until it holds, or
 * does not, in 2 of 3, or chance would pick it: the highest of many rates that held once. One that does not is broken, and
 * the next lower is tried.
 *
 * @param attempt whether a rate holds, this once
 */
export async function findKnee(
  { from, step, nearness, most }: Steps,
  attempt: (rate: number) => Promise<boolean>,
): Promise<Knee> {
  const tries = new Map<number, { held: number; failed: number }>();
  const holds = async (rate: number, enough = 1) => {
    const count = tries.get(rate) ?? { held: 0, failed: 0 };
    tries.set(rate, count);
    while (count.held < enough && count.failed < ENOUGH) {
      if (await attempt(rate)) count.held++;
      else count.failed++;
    }
    return count.failed < ENOUGH;
  };
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
  while (held !== undefined && broke !== undefined && broke - held > nearness) {
    const middle: number = held + Math.max(1, Math.floor((broke - held) / 2 / nearness)) * nearness;
    if (await holds(middle)) held = middle;
    else broke = middle;
  }
  while (held !== undefined && !(await holds(held, ENOUGH))) {
    broke = held;
    held = broke > nearness ? broke - nearness : undefined;
  }
  return { held, broke };
}
