/** What the last spin came to: kept, so that the work cannot be left out as useless. */
let last = 1;

/**
 * Works for so many rounds (George Marsaglia's xorshift32, Journal of Statistical Software 8, 2003), without waiting. Rounds
 * and not a time: a clock would let a process that the machine holds up do less.
 */
export function spin(rounds: number): number {
  let x = last;
  for (let i = 0; i < rounds; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  last = x;
  return x;
}
