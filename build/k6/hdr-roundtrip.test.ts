/** Holds the histograms of our k6 against hdr-histogram-js, which shares no code with them: both ways, over random samples. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import fc from "fast-check";
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  JsHistogram,
} from "hdr-histogram-js";

const HIGHEST = Number.MAX_SAFE_INTEGER;

let folder: string;
let go: ChildProcess;
let answers: AsyncIterator<string>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hdr-roundtrip-"));
  const program = join(folder, "hdr-roundtrip");
  execFileSync("go", ["build", "-o", program, "./cmd/hdr-roundtrip"], { cwd: import.meta.dirname });
  go = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  answers = createInterface({ input: go.stdout! })[Symbol.asyncIterator]();
});

after(async () => {
  go.stdin!.end();
  await once(go, "close");
  rmSync(folder, { recursive: true });
});

async function ask<T>(question: object): Promise<T> {
  go.stdin!.write(`${JSON.stringify(question)}\n`);
  const { value, done } = await answers.next();
  assert.ok(!done, "the Go program ended");
  return JSON.parse(value);
}

/** Lowest value of the bucket that holds `units`, from the definition: steps of 1 up to 2,048, then doubling with every power of two. */
function bucketOf(units: number): number {
  let step = 1;
  while (units / step >= 2048) step *= 2;
  return Math.floor(units / step) * step;
}

/** Non-empty buckets as [lowest value, count], lowest first. */
function bucketsOf(units: readonly number[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const u of units) counts.set(bucketOf(u), (counts.get(bucketOf(u)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

function bucketsRead(histogram: Histogram): [number, number][] {
  assert.ok(histogram instanceof JsHistogram);
  const buckets: [number, number][] = [];
  for (let i = 0; i < histogram.countsArrayLength; i++) {
    const count = histogram.getCountAtIndex(i);
    if (count > 0) buckets.push([histogram.valueFromIndex(i), count]);
  }
  return buckets;
}

/** Samples of every size, from whole to tiny fractions, with many that share a bucket. */
const samples = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 10, noNaN: true }),
    fc.double({ min: 0, max: 60_000, noNaN: true }),
    fc.integer({ min: 0, max: 50 }),
    fc.double({ min: 0, max: HIGHEST / 1001, noNaN: true }),
  ),
  { minLength: 1, maxLength: 300 },
);

test("hdr-histogram-js reads exactly the counts Go wrote", async () => {
  await fc.assert(
    fc.asyncProperty(samples, async (values) => {
      const { hdr, clamped } = await ask<{ hdr: string; clamped: number }>({ values });
      const units = values.map((v) => Math.round(v * 1000)).sort((a, b) => a - b);
      const histogram = decodeFromCompressedBase64(hdr);
      assert.equal(clamped, 0);
      assert.equal(histogram.totalCount, values.length);
      assert.deepEqual(bucketsRead(histogram), bucketsOf(units));
      for (const percentile of [1, 25, 50, 90, 95, 99, 99.9, 100]) {
        const rank = Math.max(1, Math.ceil((percentile * units.length) / 100 - 1e-9));
        assert.equal(bucketOf(histogram.getValueAtPercentile(percentile)), bucketOf(units[rank - 1]!));
      }
    }),
    { numRuns: 300 },
  );
});

test("windows merge: adding what hdr-histogram-js read equals recording everything at once", async () => {
  await fc.assert(
    fc.asyncProperty(samples, samples, async (first, second) => {
      const total = build({ highestTrackableValue: HIGHEST, numberOfSignificantValueDigits: 3 });
      for (const values of [first, second]) {
        const { hdr } = await ask<{ hdr: string }>({ values });
        total.add(decodeFromCompressedBase64(hdr));
      }
      const units = [...first, ...second].map((v) => Math.round(v * 1000));
      assert.deepEqual(bucketsRead(total), bucketsOf(units));
    }),
    { numRuns: 50 },
  );
});

test("hdrhistogram-go reads exactly the counts JavaScript wrote", async () => {
  const units = fc.array(fc.oneof(fc.nat(5000), fc.nat(1e9), fc.maxSafeNat()), {
    minLength: 1,
    maxLength: 300,
  });
  await fc.assert(
    fc.asyncProperty(units, async (values) => {
      const histogram = build({ highestTrackableValue: HIGHEST, numberOfSignificantValueDigits: 3 });
      for (const v of values) histogram.recordValue(v);
      const read = await ask<{ n: number; counts: [number, number][] }>({
        hdr: encodeIntoCompressedBase64(histogram),
      });
      assert.equal(read.n, values.length);
      assert.deepEqual(read.counts, bucketsOf(values));
    }),
    { numRuns: 200 },
  );
});

test("samples outside the range are clamped to its ends and counted", async () => {
  const { hdr, clamped } = await ask<{ hdr: string; clamped: number }>({ values: [-1, -1e300, 0, 1, 1e300] });
  assert.equal(clamped, 3);
  assert.deepEqual(bucketsRead(decodeFromCompressedBase64(hdr)), [
    [0, 3],
    [1000, 1],
    [bucketOf(HIGHEST), 1],
  ]);
});
