import type { Blocks } from "./plan.ts";

/**
 * Which variant an arrival calls: blocks of equal size, every variant once a round, each round in a new order.
 * Interleaving spreads the machine's noise over all variants alike; the shuffle keeps a variant from always
 * running after the same neighbour. A pure function of the arrival's number, so it needs no shared state.
 */
export function variantAt(blocks: Blocks, arrival: number): string {
  const block = Math.floor(arrival / blocks.arrivalsPerBlock);
  const round = Math.floor(block / blocks.variants.length);
  return orderOf(blocks, round)[block % blocks.variants.length] as string;
}

/** The order of the variants in a round: a Fisher-Yates shuffle seeded by the round. */
export function orderOf(blocks: Blocks, round: number): string[] {
  const order = [...blocks.variants];
  const random = mulberry32(blocks.seed + round);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as string, order[i] as string];
  }
  return order;
}

/** A small seeded generator of numbers in [0, 1) (Tommy Ettinger's mulberry32, public domain); k6 has none. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
