/** Up to so many pairs of values the exact tail is worked out, in as many steps. */
const EXACT_PAIRS = 1_000_000;

export interface KolmogorovSmirnovTest {
  /** Greatest distance between the two cumulative distributions, 0 to 1. */
  readonly d: number;
  /** Two-sided; with ties it is greater than it need be. */
  readonly p: number;
  readonly method: "exact" | "limit";
}

/**
 * Whether two samples come from one distribution: sees a second hump or a longer tail where means and ranks agree. Exact
 * (Hodges, 1958) for up to a million pairs, else Kolmogorov's limit. Values must be independent of each other.
 *
 * @returns undefined when a sample is empty
 */
export function kolmogorovSmirnov(
  a: readonly number[],
  b: readonly number[],
): KolmogorovSmirnovTest | undefined {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return undefined;
  const d = distance(
    [...a].sort((x, y) => x - y),
    [...b].sort((x, y) => x - y),
  );
  if (n * m <= EXACT_PAIRS) return { d, p: exactUpperTail(d, n, m), method: "exact" };
  return { d, p: limitUpperTail(Math.sqrt((n * m) / (n + m)) * d), method: "limit" };
}

function distance(a: readonly number[], b: readonly number[]): number {
  let [i, j, d] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    d = Math.max(d, Math.abs(i / a.length - j / b.length));
  }
  return d;
}

/**
 * Chance that a walk of n steps right and m steps up, every one as likely, is somewhere at least `d` from the diagonal.
 * Works with the chance of having been outside, so that small tails keep their digits.
 *
 *     outside(i, j) = 1 where |i/n - j/m| >= d, else the mean of where the step came from:
 *                     i/(i+j) outside(i-1, j) + j/(i+j) outside(i, j-1)
 */
function exactUpperTail(d: number, n: number, m: number): number {
  // In whole numbers of 1/(nm), because i/n - j/m does not come out even.
  const least = Math.round(d * n * m);
  const isOutside = (i: number, j: number) => Math.abs(i * m - j * n) >= least;
  const outside = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (isOutside(i, j)) outside[j] = 1;
      else {
        const below = j === 0 ? 0 : (outside[j - 1] as number) * j;
        const left = i === 0 ? 0 : (outside[j] as number) * i;
        outside[j] = i + j === 0 ? 0 : (below + left) / (i + j);
      }
    }
  }
  return outside[m] as number;
}

/** Kolmogorov's distribution: 2 times the sum of (-1)^(k-1) exp(-2 k^2 x^2), of which a few terms count. */
function limitUpperTail(x: number): number {
  // Below this the series needs ever more terms, and the chance is 1 to 12 digits.
  if (x < 0.18) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
