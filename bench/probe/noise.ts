import type { Reading } from "./reading.ts";

/** What took from the machine, and how little of it is still quiet: what takes more is part of what was measured. */
const NOISES = [
  { name: "other", what: "Other work", quietShare: 0.05 },
  { name: "stolen", what: "The host of this machine (steal)", quietShare: 0.01 },
] as const;

/** What a reader should know of the machine: a line for each thing that took from it while these readings were taken. */
export function noiseOf(readings: readonly Reading[], hostCores: number): string[] {
  return NOISES.flatMap(({ name, what, quietShare }) => {
    const taken = readings.flatMap(({ cores }) => cores[name] ?? []);
    if (taken.length === 0) return [];
    const mean = taken.reduce((sum, each) => sum + each, 0) / taken.length;
    if (mean <= quietShare * hostCores) return [];
    const most = Math.max(...taken).toFixed(2);
    return [
      `${what} took ${mean.toFixed(2)} of ${hostCores} cores, at most ${most}: run it again when it is quiet.`,
    ];
  });
}
