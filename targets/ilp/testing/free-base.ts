import { isFree } from "../../../bench/host/ports.ts";

/** Bases to choose from: all below the ports that the system gives to whoever asks for none, where anybody's connection may be. */
const [LOWEST, BASES] = [12_000, 1_400];
/** From one to the next, so that processes that were started one after the other do not meet. */
const STRIDE = 37;
let last = process.pid;

/**
 * A port base with room for a network: its ports are a few in a row from there, and 6,000 and 6,080 above it. Asked again, it
 * gives another, though nobody listens at the first yet.
 */
export async function freeBase(): Promise<number> {
  const wanted = [0, 1, 2, 3, 4, 6_000, 6_080, 6_081, 6_082, 6_083, 6_084];
  for (;;) {
    last += STRIDE;
    const base = LOWEST + 10 * (last % BASES);
    const free = await Promise.all(wanted.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}
