import { median } from "simple-statistics";

/** What was measured of a setting in one run, by the name of the figure; NaN where it was not. */
export type Figures = Readonly<Record<string, number>>;

/** A round: the bundled setting some times, spread over it, and each knob once. */
export interface Round {
  readonly bundled: readonly Figures[];
  readonly knobs: readonly Figures[];
}

/** A figure of the bundled setting. */
export interface Baseline {
  readonly value: number;
  /** Between which ratios its own runs lie, each to the median of its round: what the machine alone does. */
  readonly low: number;
  readonly high: number;
}

/** A figure of a knob. */
export interface Effect {
  readonly value: number;
  /** To the bundled setting of the same round: what runs within minutes is nearer to each other than to another hour. */
  readonly ratio: number;
  /**
   * Whether it is more than the machine's own doing: every round has it on the same side, and its median is further off
   * than any run of the bundled setting.
   */
  readonly seen: boolean;
}

export interface Effects {
  readonly baseline: Readonly<Record<string, Baseline>>;
  /** In the order of the knobs. */
  readonly knobs: readonly Readonly<Record<string, Effect>>[];
}

/** Medians over all rounds, figure by figure. */
export function effectsOf(rounds: readonly Round[]): Effects {
  const [first] = rounds;
  const names = Object.keys(first?.bundled[0] ?? {});
  const reference = (round: Round, name: string) => median(round.bundled.map((run) => figure(run, name)));
  const baseline = Object.fromEntries(
    names.map((name) => {
      const ratios = rounds.flatMap((round) =>
        round.bundled.map((run) => figure(run, name) / reference(round, name)),
      );
      const value = median(rounds.map((round) => reference(round, name)));
      return [name, { value, low: Math.min(...ratios), high: Math.max(...ratios) }];
    }),
  );
  const effectOf = (knob: number, name: string): Effect => {
    const values = rounds.map((round) => figure(round.knobs[knob], name));
    const ratios = rounds.map((round, i) => (values[i] as number) / reference(round, name));
    const { low, high } = baseline[name] as Baseline;
    const ratio = median(ratios);
    const more = ratios.every((each) => each > 1) && ratio > high;
    const less = ratios.every((each) => each < 1) && ratio < low;
    return { value: median(values), ratio, seen: more || less };
  };
  const knobs = (first?.knobs ?? []).map((_, knob) =>
    Object.fromEntries(names.map((name) => [name, effectOf(knob, name)])),
  );
  return { baseline, knobs };
}

const figure = (run: Figures | undefined, name: string) => run?.[name] ?? Number.NaN;

/**
 * The order of a round: the bundled setting (undefined) at its start, after every few knobs, and at its end. Each round
 * begins with another knob, so that none always has the same neighbours.
 *
 * @param first the knob to begin with
 */
export function orderOf(knobs: number, first: number, every: number): (number | undefined)[] {
  const order = Array.from({ length: knobs }, (_, i) => (first + i) % knobs);
  return [...order.flatMap((knob, i) => (i % every === 0 ? [undefined, knob] : [knob])), undefined];
}
