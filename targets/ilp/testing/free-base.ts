import { isFree } from "../../../bench/host/ports.ts";

/** A port base with room for a network: its ports are a few in a row from there, and 6,000 and 6,080 above it. */
export async function freeBase(): Promise<number> {
  const wanted = [0, 1, 2, 3, 4, 6_000, 6_080, 6_081, 6_082, 6_083, 6_084];
  for (let base = 20_000 + (process.pid % 10_000); ; base += 10) {
    const free = await Promise.all(wanted.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}
