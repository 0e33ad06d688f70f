/** Metrics in Prometheus text, as targets serve them. */

/** Sum of a metric over all its labels; undefined when it is not there. */
export function sum(text: string, name: string): number | undefined {
  let total: number | undefined;
  for (const { value } of samples(text, name)) total = (total ?? 0) + value;
  return total;
}

/** Sums of a metric by the values of one of its labels. */
export function by(label: string, text: string, name: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { labels, value } of samples(text, name)) {
    const key = labels.get(label);
    if (key !== undefined) totals.set(key, (totals.get(key) ?? 0) + value);
  }
  return totals;
}

/** `{label="value",...}`; in a value, a quote, a backslash and a line break are escaped. */
const LABELS = /^\s*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/;
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/** Samples of a metric: its name, its labels, its value, and maybe a time stamp. */
export function* samples(
  text: string,
  name: string,
): Generator<{ labels: Map<string, string>; value: number }> {
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const rest = line.slice(name.length);
    const braces = LABELS.exec(rest);
    const number = /^\s+(\S+)/.exec(rest.slice(braces?.[0].length ?? 0))?.[1];
    const value = Number(number);
    if (number === undefined || !Number.isFinite(value)) continue;
    const labels = new Map<string, string>();
    for (const [, key = "", content = ""] of (braces?.[1] ?? "").matchAll(LABEL)) labels.set(key, content);
    yield { labels, value };
  }
}
