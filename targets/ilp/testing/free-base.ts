import { isFree } from "../../../bench/host/ports.ts";

/** A port base with room for a network: its ports are a few in a row from there, and 6,000 and 6,080 above it. */
export async function freeBase(): Promise<number> {
  const wanted = [0, 1, 2, 3, 4, 6_000, 6_080, 6_081, 6_082, 6_083, 6_084];
  // Below the ports that the system gives to whoever asks for none: a connection of somebody's would hold one of ours.
  for (let base = 12_000 + 10 * (process.pid % 1_400); ; base += 10) {
    const free = await Promise.all(wanted.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}
