import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Run } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { verdictText } from "./verdict-text.ts";

const linesOf = (run: Run) =>
  stripVTControlCharacters(verdictText(run, "results/x/report.html"))
    .split("\n")
    .map((line) => line.trimEnd());

test("a pass shows every row with what was measured, the verdict, and where the report is", () => {
  const lines = linesOf(wholeRun());
  const row = (title: string) =>
    lines
      .find((line) => line.includes(title))
      ?.trim()
      .replace(/ {2,}/g, " | ");
  assert.equal(row("latency p95"), "P0 | latency p95 | 2.00 ms | < 100 ms | ✓ pass");
  assert.equal(row("failed requests"), "P0 | failed requests | 0 % | < 1 % | ✓ pass");
  assert.equal(row("target memory"), "P1 | target memory | 80.0 MB | < 100 MB | ✓ pass");
  assert.equal(row("target CPU"), "P1 | target CPU | 0.300 cores | < 0.5 cores | ✓ pass");
  assert.deepEqual(lines.slice(-5), [
    "",
    "  PASS  basic-load smoke, exit code 0",
    "",
    "  results/x/report.html",
    "",
  ]);
});

test("a failure names its reasons under the verdict", () => {
  const lines = linesOf(wholeRun("basic-load", ({ phase }) => (phase === "hold" ? { latencyMs: 60 } : {})));
  const verdict = lines.indexOf("  FAIL  basic-load smoke, exit code 99");
  assert.ok(verdict > 0);
  assert.equal(lines[verdict + 1], "  latency p50 60.0 ms, limit < 50 ms");
  assert.ok(lines.some((line) => /latency p50 +60\.0 ms +< 50 ms +✗ fail$/.test(line)));
});

test("a row in quarantine is a fail that does not gate, and the run says why it only warns", () => {
  const run = wholeRun();
  const [first, ...others] = run.sla;
  assert.ok(first);
  const quarantine = { flips: 3, runs: 12 };
  const lines = linesOf({
    ...run,
    verdict: "warn",
    sla: [{ ...first, state: "fail", quarantine }, ...others],
  });
  assert.ok(lines.some((line) => /latency p50 .* ~ fail, quarantined$/.test(line)));
  for (const line of lines) assert.ok(line.length <= 80, line);
});

test("a retry that holds is FLAKY, with both verdicts; one that fails names both", () => {
  const run = wholeRun();
  const retryOf = { run: "the-first", verdict: "fail", reasons: [], ownVerdict: "pass" } as const;
  const held = linesOf({ ...run, verdict: "warn", retryOf: { ...retryOf, reasons: [] } });
  assert.ok(held.includes("  FLAKY  basic-load smoke: fail, on retry pass, exit code 0"));
  const failed = linesOf({
    ...run,
    verdict: "fail",
    exitCode: 99,
    retryOf: { ...retryOf, verdict: "invalid", ownVerdict: "fail", reasons: [] },
  });
  assert.ok(failed.includes("  FAIL  basic-load smoke: invalid, on retry fail, exit code 99"));
});

test("rows without a value, and rows that cannot be seen, say so", () => {
  const run = wholeRun();
  const [first, second] = run.sla;
  assert.ok(first && second);
  const lines = linesOf({
    ...run,
    sla: [
      { ...first, title: "one", value: null, state: "no-data" },
      { ...second, title: "two", value: null, state: "not-applicable" },
    ],
  });
  assert.ok(lines.some((line) => /one +- +< 50 ms +\? no data$/.test(line)));
  assert.ok(lines.some((line) => /two +- +< 100 ms +- not judged$/.test(line)));
});

test("stress shows its stages and the knee", () => {
  const text = linesOf(wholeRun("stress", (_, at) => (at >= 9 ? { latencyMs: 250 } : {}))).join("\n");
  assert.match(text, /knee: held up to 125 VUs at [\d,.]+ req\/s/);
  assert.match(text, /125 VUs .* 2\.00 ms +0 % +✓ held/);
  assert.match(text, /250 VUs .* 250 ms +0 % +✗ broke/);
  const none = linesOf(wholeRun("stress", () => ({ latencyMs: 250 }))).join("\n");
  assert.match(none, /knee: no stage held p95 < 100 ms and failed < 1 %/);
});

test("spike shows how it was before, and when it was so again", () => {
  const back = linesOf(wholeRun("spike")).join("\n");
  assert.match(back, /recovery: p95 was 2\.00 ms before the spike, and back under 5\.00 ms 0 s after it/);
  const never = linesOf(
    wholeRun("spike", ({ phase }) => (phase === "recovery" ? { latencyMs: 90 } : {})),
  ).join("\n");
  assert.match(never, /recovery: p95 was 2\.00 ms before the spike,.* not .*in the [\d.]+ s/);
  assert.doesNotMatch(never, /back under 5.00 ms not/, "a sentence a person would say");
});

test("interceptor-overhead shows what each variant adds, with its interval", () => {
  const run = wholeRun("interceptor-overhead");
  const overhead = run.findings.overhead;
  const [first] = overhead?.rows ?? [];
  assert.ok(overhead && first);
  const text = linesOf({
    ...run,
    findings: {
      overhead: {
        ...overhead,
        baseline: { ...overhead.baseline, p50Us: 512.4, p95Us: 903.6, cpuUs: 88.2 },
        rows: [
          {
            ...first,
            variant: "auth",
            addedP50Us: { value: 31.4, low: 12.3, high: 55.5, distinguishable: true },
            addedP95Us: { value: -4, low: -20, high: 11, distinguishable: false },
            addedCpuUs: null,
          },
        ],
      },
    },
  }).join("\n");
  assert.match(text, /auth +\+31 \[12, 56\] +≈ -4 \[-20, 11\] +-$/m);
  assert.match(text, /none: p50 512 µs, p95 904 µs, CPU 88 µs\./);
});

test("a dead target's last words are shown, cut to a line each", () => {
  const run = wholeRun();
  const lastLog = ["one", "two", "three", "x".repeat(500)];
  const lines = linesOf({
    ...run,
    target: { ...run.target, died: { exitCode: 1, signal: null, atSeconds: 3, lastLog } },
  });
  assert.deepEqual(
    lines.filter((line) => line.startsWith("  target: ")),
    ["  target: two", "  target: three", `  target: ${"x".repeat(200)}`],
  );
});

test("a hostile log does not reach the terminal's controls", () => {
  const run = wholeRun();
  const lastLog = ["\u001b[2J\u001b]0;owned\u0007cleared"];
  const text = verdictText(
    { ...run, target: { ...run.target, died: { exitCode: 1, signal: null, atSeconds: 3, lastLog } } },
    "r",
  );
  assert.ok(!text.includes("\u001b[2J") && !text.includes("\u0007"), JSON.stringify(text.slice(-120)));
});

test("a load of one's own is no profile: what was turned stands beside the verdict", () => {
  const run = wholeRun("basic-load");
  const plan = { ...run.plan, overrides: { rate: 40, seconds: 20 } };
  assert.match(
    verdictText({ ...run, plan }, "here"),
    / basic-load smoke with --rate 40 --seconds 20, exit code /,
  );
});
