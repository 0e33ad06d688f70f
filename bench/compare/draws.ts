import { z } from "zod";
import { LEAST_BLOCKS } from "../baseline/baseline.ts";
import type { Baseline, Block } from "../baseline/baseline-schema.ts";
import { partsOf } from "../baseline/summary.ts";
import { degreesOfFreedom, type Resampled } from "../stats/bootstrap.ts";
import { resamples, runLengthFor } from "../stats/resamples.ts";

const RESAMPLES = 1000;
/** The same two runs always give the same answer. */
const SEEDS = { before: 1, after: 2 };
/** A part of both runs is as long in both when their blocks differ by one, or by less than this share. */
const ALIKE = 0.1;

/** One part of the load, as both runs have it. */
export interface SharedPart {
  readonly part: string;
  readonly before: readonly Block[];
  readonly after: readonly Block[];
}

/** Parts that both have, in the order of the first. */
export function sharedParts(before: readonly Block[], after: readonly Block[]): SharedPart[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  return [...a].flatMap(([part, own]) => {
    const other = b.get(part);
    return other ? [{ part, before: own, after: other }] : [];
  });
}

/** Whether a part of the load took as long in both runs. */
function isAsLong(before: number, after: number): boolean {
  return Math.abs(before - after) <= Math.max(1, ALIKE * Math.max(before, after));
}

type Drawn = Pick<Resampled, "draws" | "df">;

export interface Draws {
  readonly before: Drawn;
  readonly after: Drawn;
  /** The n-th draw of one has blocks that the n-th of the other has too: their errors are not apart from each other. */
  readonly paired: boolean;
}

interface Stratum {
  readonly paired: boolean;
  readonly parts: readonly (readonly [before: number, after: number])[];
}

/**
 * Resamples of both runs. Where the load is level each is drawn for itself, part by part. Where it ramps, the rise of the load is
 * no noise: the blocks that are as far into the ramp are drawn in pairs, so that every resample has the same load on
 * both sides. A few seconds a step have no scatter to speak of by themselves, so steps that follow each other are drawn
 * together.
 */
export function drawsOf(parts: readonly SharedPart[], load: Baseline["load"]): Draws {
  const strata = strataOf(parts, load);
  const sizes = (side: 0 | 1) =>
    strata.map(({ paired, parts }) =>
      parts.reduce((sum, sizes) => sum + (paired ? Math.max(...sizes) : sizes[side]), 0),
    );
  const drawn = (side: 0 | 1, seed: number) =>
    resamples(sizes(side), { count: RESAMPLES, seed, runLength: runLengthFor });
  const [mine, other] = [drawn(0, SEEDS.before), drawn(1, SEEDS.after)];
  const df = (side: 0 | 1) => degreesOfFreedom(sizes(side), runLengthFor);
  return {
    before: { draws: mine.map((times) => cutTo(strata, times, times, 0)), df: df(0) },
    after: { draws: other.map((times, i) => cutTo(strata, mine[i] as Uint16Array, times, 1)), df: df(1) },
    paired: strata.some(({ paired }) => paired),
  };
}

function strataOf(parts: readonly SharedPart[], load: Baseline["load"]): Stratum[] {
  const strata: Stratum[] = [];
  for (const { part, before, after } of parts) {
    const sizes = [before.length, after.length] as const;
    const last = strata.at(-1);
    const paired = isRamp(part, load) && isAsLong(...sizes);
    if (paired && last?.paired) strata.splice(-1, 1, { paired, parts: [...last.parts, sizes] });
    else strata.push({ paired, parts: [sizes] });
  }
  return strata;
}

/** One side's share of a draw: of what is paired the common draw, without the blocks that this side has not. */
function cutTo(strata: readonly Stratum[], common: Uint16Array, own: Uint16Array, side: 0 | 1): Uint16Array {
  const cut: number[] = [];
  let [ofCommon, ofOwn] = [0, 0];
  for (const { paired, parts } of strata) {
    for (const sizes of parts) {
      const [times, first] = paired ? [common, ofCommon] : [own, ofOwn];
      cut.push(...times.subarray(first, first + sizes[side]));
      ofCommon += paired ? Math.max(...sizes) : sizes[0];
      ofOwn += paired ? Math.max(...sizes) : sizes[1];
    }
  }
  return Uint16Array.from(cut);
}

/** The load of a baseline: what is needed of a plan's. */
const staged = z.object({
  load: z.object({
    from: z.number(),
    stages: z.array(z.object({ phase: z.string(), seconds: z.number(), to: z.number() })),
  }),
});

/** Whether the load goes up or down within a part, a phase with its stage where it has one. */
function isRamp(part: string, load: Baseline["load"]): boolean {
  const { success, data } = staged.safeParse(load);
  if (!success) return false;
  const [phase, stage] = part.split(" ");
  let { from } = data.load;
  for (const { phase: own, seconds, to } of data.load.stages) {
    const inPart = own === phase && (stage === undefined || stage === String(to));
    if (inPart && seconds > 0 && from !== to) return true;
    from = to;
  }
  return false;
}

/** Whether a metric was seen in enough blocks to know its scatter. */
export function isSeen(byBlock: readonly number[]): boolean {
  return byBlock.length >= LEAST_BLOCKS;
}
