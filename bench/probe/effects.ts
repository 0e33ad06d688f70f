import { median } from "simple-statistics";

/** What was measured of a setting in one round, by the name of the figure; NaN where it was not. */
export type Figures = Readonly<Record<string, number>>;

/** A figure of a setting, over all rounds. */
export interface Effect {
  readonly value: number;
  /** Against the first setting of the same round: two runs of one round are nearer to each other than to another day's. */
  readonly ratio: number;
  /** Whether all rounds lie on the same side of no effect; what they do not agree on is noise, or too small to see. */
  readonly agreed: boolean;
}

/**
 * Medians of what each setting did, and of what it did beside the first one.
 *
 * @param rounds each with the figures of every setting, in the same order
 * @returns an effect by figure for each setting
 */
export function effectsOf(rounds: readonly (readonly Figures[])[]): Record<string, Effect>[] {
  const [first = []] = rounds;
  return first.map((figures, n) =>
    Object.fromEntries(
      Object.keys(figures).map((name) => {
        const values = rounds.map((round) => round[n]?.[name] ?? Number.NaN);
        const ratios = rounds.map((round, i) => (values[i] as number) / (round[0]?.[name] ?? Number.NaN));
        const agreed = ratios.every((ratio) => ratio > 1) || ratios.every((ratio) => ratio < 1);
        return [name, { value: median(values), ratio: median(ratios), agreed }];
      }),
    ),
  );
}
