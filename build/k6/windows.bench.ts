/**
 * What the windows output costs: time and allocations a sample, share of a core at 100,000 samples a second,
 * and memory of the real k6 after 1 and after 20 million samples. Exits with 1 when a target is missed.
 *
 *   npm run bench:windows      needs Go, the built k6 (.cache/k6 or K6_BIN) and Linux; takes three minutes
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const K6 = process.env.K6_BIN ?? resolve(import.meta.dirname, "../../.cache/k6");
const ROUNDS = 3;
const MEGABYTE = 1e6;

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  readonly met?: boolean;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const go = (...args: string[]) => execFileSync("go", args, { cwd: import.meta.dirname, encoding: "utf8" });

/** Median of each figure of a Go benchmark over its rounds, by unit: { "ns/op": 54, ... }. */
function goBenchmark(name: string, benchtime: string, rounds: number): Record<string, number> {
  const figures: Record<string, number[]> = {};
  const text = go(
    "test",
    "./windows",
    "-run=^$",
    `-bench=^${name}$`,
    `-benchtime=${benchtime}`,
    `-count=${rounds}`,
  );
  for (const [, line] of text.matchAll(new RegExp(`^${name}\\S*\\s+\\d+\\s+(.*)$`, "gm"))) {
    for (const [, value, unit] of line!.matchAll(/([\d.]+) (\S+)/g)) {
      figures[unit!] ??= [];
      figures[unit!]!.push(Number(value));
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([unit, values]) => [unit, median(values)]));
}

/** Peak resident memory, in bytes, of k6 adding `samples` samples to a Trend as fast as two VUs can. */
async function peakMemory(folder: string, samples: number, flags: readonly string[]): Promise<number> {
  const perIteration = 10_000;
  const script = join(folder, "trend.js");
  writeFileSync(
    script,
    `import { Trend } from 'k6/metrics';
    const lat = new Trend('lat', true);
    export const options = { vus: 2, iterations: ${samples / perIteration} };
    export default () => { for (let i = 0; i < ${perIteration}; i++) lat.add((i * 7919 % 10007) / 100); };`,
  );
  const k6 = spawn(K6, ["run", "--quiet", ...flags, script], {
    stdio: "ignore",
    env: { ...process.env, K6_NO_USAGE_REPORT: "true", K6_AUTO_EXTENSION_RESOLUTION: "false" },
  });
  let peak = 0;
  const poll = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${k6.pid}/status`, "utf8");
      peak = Math.max(peak, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // between the end of the process and our notice of it
    }
  }, 20);
  const [code] = await once(k6, "close");
  clearInterval(poll);
  if (code !== 0) throw new Error(`k6 ended with ${code}`);
  return peak;
}

function print({ what, measured, target = "", met }: Row): void {
  const verdict = met === undefined ? "" : met ? "met" : "MISSED";
  console.log(`${what.padEnd(40)}${measured.padStart(16)}  ${target.padEnd(12)}${verdict}`.trimEnd());
  if (met === false) process.exitCode = 1;
}

const goVersion = go("env", "GOVERSION").trim();
console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${platform()} ${arch()}, node ${process.version}, ${goVersion}\n`,
);
print({ what: "windows output", measured: "measured", target: "target" });

const sample = goBenchmark("BenchmarkSample", "1s", 5);
print({
  what: "a sample of a known series, time",
  measured: `${sample["ns/op"]!.toFixed(0)} ns`,
  target: "<= 200 ns",
  met: sample["ns/op"]! <= 200,
});
print({
  what: "  allocations",
  measured: `${sample["allocs/op"]}`,
  target: "0",
  met: sample["allocs/op"] === 0,
});

// The output is driven directly in batches of 50 ms, as k6 does, so that the cost of making the samples is not
// counted; encoding, writing and garbage collection of windows with some 200 series are.
const paced = goBenchmark("BenchmarkPaced", "5x", ROUNDS);
const kiloSamples = Math.round(paced["samples/s"]! / 1000);
print({
  what: `CPU at ${kiloSamples},000 samples/s`,
  measured: `${paced["%core"]!.toFixed(1)} % of a core`,
  target: "< 5 %",
  met: paced["%core"]! < 5 && paced["samples/s"]! >= 99_000,
});

const folder = mkdtempSync(join(tmpdir(), "windows-bench-"));
try {
  const ours = ["--no-thresholds", "--summary-mode=disabled", "--out", `windows=${join(folder, "w.ndjson")}`];
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    few.push(await peakMemory(folder, 1_000_000, ours));
    many.push(await peakMemory(folder, 20_000_000, ours));
  }
  const mb = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MB`;
  const grown = median(many) - median(few);
  print({ what: "memory of k6 after 1 M samples", measured: mb(median(few)) });
  print({ what: "memory of k6 after 20 M samples", measured: mb(median(many)) });
  print({ what: "  difference", measured: mb(grown), target: "<= 20 MB", met: grown <= 20 * MEGABYTE });
  print({
    what: "  for contrast: k6's own trends, 1 M",
    measured: mb(await peakMemory(folder, 1_000_000, [])),
  });
  print({
    what: "  for contrast: k6's own trends, 20 M",
    measured: mb(await peakMemory(folder, 20_000_000, [])),
  });
} finally {
  rmSync(folder, { recursive: true });
}
