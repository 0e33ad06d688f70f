import { appendFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { lookLevels } from "../stats/alpha-spending.ts";
import { type Block, logRatios } from "./block.ts";
import { LEAST_ROUNDS, type Look, lookAt, type Rule } from "./look.ts";
import { type Duel, ROUND_OVERHEAD_SECONDS, type RoundEnd, runRound } from "./round.ts";
import { figuresOf } from "./summary.ts";
import { type Measured, MOST_FAILED, type RoundResult, troubleOf } from "./verdict.ts";

export interface Shape {
  /** The most rounds there may be. */
  readonly rounds: number;
  /** Pairs of blocks in each; a block is a second. */
  readonly pairs: number;
}

/** Long enough that starting everything anew is the smaller part of it. */
const ROUND_SECONDS = 24;
/** Wilcoxon's test cannot be significant for three metrics with fewer in all. */
const LEAST_PAIRS = 4;
/** The next round may take a little longer than the last. */
const SLACK = 1.1;
/** The least time a trial can be given, and the most, in seconds. */
export const LEAST_SECONDS = LEAST_ROUNDS * (ROUND_OVERHEAD_SECONDS + LEAST_PAIRS);
export const MOST_SECONDS = 3_600;

/**
 * How a trial of so many seconds is cut into rounds. Many short rounds, because processes differ more than seconds do: the
 * error falls with the number of rounds.
 *
 * @param seconds at least LEAST_SECONDS
 */
export function shapeOf(seconds: number): Shape {
  const rounds = Math.max(LEAST_ROUNDS, Math.floor(seconds / ROUND_SECONDS));
  return { rounds, pairs: Math.max(LEAST_PAIRS, Math.floor(seconds / rounds) - ROUND_OVERHEAD_SECONDS) };
}

/**
 * The least time in which as many rounds end as a look needs.
 *
 * @param overhead seconds that a round takes beside its blocks
 */
export function secondsNeeded(overhead: number): number {
  const needed = (seconds: number) => SLACK * LEAST_ROUNDS * (shapeOf(seconds).pairs + overhead);
  let seconds = LEAST_SECONDS;
  while (needed(seconds) > seconds && seconds < MOST_SECONDS) seconds++;
  return seconds;
}

/** The level of the look after each round, from the second on. */
export function levelsOf({ rounds }: Shape, { alpha }: Rule): number[] {
  return lookLevels(
    alpha,
    Array.from({ length: rounds - LEAST_ROUNDS + 1 }, (_, i) => (i + LEAST_ROUNDS) / rounds),
  );
}

/**
 * Whether one more round ends within the time, if it takes as long as those before did on average: how long builds take to
 * start is known only once they have.
 *
 * @param took seconds of each round so far
 * @param seconds that all may take
 */
export function anotherFits(took: readonly number[], seconds: number): boolean {
  const sum = took.reduce((all, one) => all + one, 0);
  return took.length === 0 || sum + sum / took.length <= seconds;
}

export interface TrialOptions extends Duel {
  readonly shape: Shape;
  /** The most all rounds may take; of one that was begun the end is awaited. */
  readonly seconds: number;
  readonly rule: Rule;
  readonly onRound: (round: number) => void;
  readonly onBlock: (blocks: readonly Block[]) => void;
  readonly onLook: (look: Look) => void;
}

/** What a test has its own of: the clock, and what goes wrong in a round. */
interface Rim {
  readonly round: typeof runRound;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Rounds, one after the other, until a look at them decides, there are no more or no time for more, or something is wrong.
 *
 * When the clock says before a look that it is the last one, it has all of alpha that the looks before have left: the levels
 * still add up to alpha, and the clock knows nothing of the ratios.
 *
 * @throws Failure where the first round cannot begin
 */
export async function runTrial(
  options: TrialOptions,
  rim: Rim = { round: runRound, now: () => performance.now() },
): Promise<Measured & { blocks: readonly Block[] }> {
  const { shape, rule, interrupts, file } = options;
  const levels = levelsOf(shape, rule);
  const blocks: Block[] = [];
  const looks: Look[] = [];
  const ends: RoundResult[] = [];
  const took: number[] = [];
  let broken: string | undefined;
  const isLast = () => ends.length === shape.rounds || !anotherFits(took, options.seconds);
  const measured = () => ({
    blocks,
    looks,
    ends,
    a: figuresOf(blocks, "a"),
    b: figuresOf(blocks, "b"),
    seconds: blocks.length,
    interrupted: interrupts.requested,
    band: rule.band,
    over: isLast(),
    secondsNeeded: secondsNeeded(Math.max(0, ...took) - shape.pairs),
    ...(broken !== undefined && { broken }),
  });
  for (let round = 0; round < shape.rounds && !isLast(); round++) {
    options.onRound(round);
    const startMs = rim.now();
    try {
      const end = await rim.round({
        ...options,
        round,
        pairs: shape.pairs,
        onBlock: (block) => {
          blocks.push(block);
          appendFileSync(file("blocks.ndjson"), `${JSON.stringify(block)}\n`);
          options.onBlock(blocks);
        },
      });
      ends.push(
        resultOf(
          end,
          blocks.filter((block) => block.round === round),
        ),
      );
    } catch (error) {
      // Before anything was measured it is the user's to mend; after that, what was measured is told with it.
      // What Ctrl-C killed has its own complaints.
      if (!interrupts.requested && (ends.length === 0 || !(error instanceof Failure))) throw error;
      broken = (error as Error).message;
    }
    took.push((rim.now() - startMs) / 1000);
    if (troubleOf(measured())) break;
    // Whether it was the build that failed, the next round has to say.
    if (ends.some(({ failed }) => Math.max(failed.a, failed.b) > MOST_FAILED)) continue;
    const level = levels[round + 1 - LEAST_ROUNDS];
    if (level === undefined) continue;
    const spent = looks.reduce((sum, look) => sum + look.level, 0);
    const look = lookAt(logRatios(blocks), rule, isLast() ? rule.alpha - spent : level);
    looks.push(look);
    options.onLook(look);
    if (look.decision !== "open") break;
  }
  return measured();
}

function resultOf(end: RoundEnd, blocks: readonly Block[]): RoundResult {
  const [a, b] = [figuresOf(blocks, "a"), figuresOf(blocks, "b")];
  const share = ({ failed, requests }: typeof a) => (requests === 0 ? 0 : failed / requests);
  return { ...end, failed: { a: share(a), b: share(b) }, asked: a.requests + b.requests + end.dropped };
}
