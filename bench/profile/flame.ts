import type { Call } from "./call-tree.ts";

/** A frame of a flame graph as d3-flame-graph takes it; microseconds, those of all frames below included. */
export interface Flame {
  readonly name: string;
  readonly value: number;
  readonly children: readonly Flame[];
}

/** Frames narrower than this share of the whole would be less than a pixel of a wide screen, and make the page large. */
const THINNEST = 1 / 4_000;
/** JSON and pages have their own bounds on what is nested. */
const DEEPEST = 250;

/** The frames of a call tree that can be seen. */
export function flameOf(tree: Call): Flame {
  const least = tree.totalUs * THINNEST;
  const frame = ({ name, totalUs, children }: Call, depth: number): Flame => ({
    name,
    value: Math.round(totalUs),
    children:
      depth >= DEEPEST
        ? []
        : children.filter((child) => child.totalUs >= least).map((child) => frame(child, depth + 1)),
  });
  return frame(tree, 0);
}
