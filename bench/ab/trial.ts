import { appendFileSync } from "node:fs";
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
/** The least time a trial can be given, in seconds. */
export const LEAST_SECONDS = LEAST_ROUNDS * (ROUND_OVERHEAD_SECONDS + LEAST_PAIRS);

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

/** The level of the look after each round, from the second on. */
export function levelsOf({ rounds }: Shape, { alpha }: Rule): number[] {
  return lookLevels(
    alpha,
    Array.from({ length: rounds - LEAST_ROUNDS + 1 }, (_, i) => (i + LEAST_ROUNDS) / rounds),
  );
}

export interface TrialOptions extends Duel {
  readonly shape: Shape;
  readonly rule: Rule;
  readonly onRound: (round: number) => void;
  readonly onBlock: (blocks: readonly Block[]) => void;
  readonly onLook: (look: Look) => void;
}

/** Rounds, one after the other, until a look at them decides, there are no more, or something is wrong. */
export async function runTrial(options: TrialOptions): Promise<Measured & { blocks: readonly Block[] }> {
  const { shape, rule, interrupts, file } = options;
  const levels = levelsOf(shape, rule);
  const blocks: Block[] = [];
  const looks: Look[] = [];
  const ends: RoundResult[] = [];
  const measured = () => ({
    blocks,
    looks,
    ends,
    a: figuresOf(blocks, "a"),
    b: figuresOf(blocks, "b"),
    seconds: blocks.length,
    interrupted: interrupts.requested,
    band: rule.band,
    over: ends.length === shape.rounds,
  });
  for (let round = 0; round < shape.rounds; round++) {
    options.onRound(round);
    try {
      const end = await runRound({
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
      // What Ctrl-C killed has its own complaints.
      if (!interrupts.requested) throw error;
    }
    if (troubleOf(measured())) break;
    // Whether it was the build that failed, the next round has to say.
    if (ends.some(({ failed }) => Math.max(failed.a, failed.b) > MOST_FAILED)) continue;
    const level = levels[round + 1 - LEAST_ROUNDS];
    if (level === undefined) continue;
    const look = lookAt(logRatios(blocks), rule, level);
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
