import type { Reading } from "./reading.ts";

/** Other work that took more than this share of the machine is part of what was measured. */
const QUIET_SHARE = 0.05;

/** What a reader should know of the machine: a line, where other work ran on it while these readings were taken. */
export function noiseOf(readings: readonly Reading[], hostCores: number): string[] {
  const others = readings.flatMap(({ cores: { other } }) => (other === undefined ? [] : [other]));
  if (others.length === 0) return [];
  const mean = others.reduce((sum, each) => sum + each, 0) / others.length;
  if (mean <= QUIET_SHARE * hostCores) return [];
  const most = Math.max(...others).toFixed(2);
  return [
    `Other work took ${mean.toFixed(2)} of ${hostCores} cores, at most ${most}: run it again when it is quiet.`,
  ];
}
