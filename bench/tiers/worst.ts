/**
 * What was found out about the target comes before what kept us from finding out: an SLA that was crossed (99), a regression (3),
 * nothing measured or the generator at its limit (4), a fault of ours (1), wrong usage (2).
 */
const WORST_FIRST = [99, 3, 4, 1, 2] as const;

/** The exit code of several steps; a code that is none of plimsoll's is a fault of ours. */
export function worstOf(codes: readonly number[]): number {
  const ours = codes.map((code) => (code === 0 || WORST_FIRST.some((known) => known === code) ? code : 1));
  return WORST_FIRST.find((code) => ours.includes(code)) ?? 0;
}
