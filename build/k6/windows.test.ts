/** Runs the real k6 with the windows output, through every way a run can end. No script here uses the network. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";

const K6 = process.env.K6_BIN ?? resolve(import.meta.dirname, "../../.cache/k6");

interface Series {
  readonly metric: string;
  readonly type: "trend" | "counter" | "rate" | "gauge";
  readonly unit: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
  readonly n: number;
  readonly sum: number;
  readonly yes: number;
  readonly no: number;
  readonly hdr: string;
}

interface Window {
  readonly v: number;
  readonly from: string;
  readonly ms: number;
  readonly late: number;
  readonly overflow: number;
  readonly series: readonly Series[];
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
  readonly windows: readonly Window[];
}

let folder: string;

before(() => {
  assert.ok(existsSync(K6), `no k6 at ${K6}: build it (build/k6/README.md) or name it in K6_BIN`);
  folder = mkdtempSync(join(tmpdir(), "windows-"));
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** A script with a metric of each type; `options` and `body` are its own. It ends by printing how many iterations k6 itself counted. */
function script(name: string, options: object, body: string): string {
  const path = join(folder, `${name}.js`);
  writeFileSync(
    path,
    `import { Counter, Rate, Trend } from 'k6/metrics';
    import exec from 'k6/execution';
    import { check, sleep } from 'k6';
    const hits = new Counter('hits'), good = new Rate('good'), lat = new Trend('lat', true);
    export const options = ${JSON.stringify(options)};
    export default function () { ${body} }
    export function handleSummary({ metrics }) {
      return { stdout: JSON.stringify({ hits: metrics.hits.values.count }) };
    }`,
  );
  return path;
}

/** Starts k6 with descriptor 3 open, as a program that reads windows does. */
function start(path: string, out: string, ...more: string[]): ChildProcess {
  return spawn(K6, ["run", "--quiet", "--out", `windows=${out}`, ...more, path], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, K6_NO_USAGE_REPORT: "true", K6_AUTO_EXTENSION_RESOLUTION: "false" },
  });
}

const descriptor = (k6: ChildProcess) => k6.stdio[3] as Socket;

/** Waits for the end. `onWindow` sees each window of descriptor 3 as it comes. */
async function end(k6: ChildProcess, onWindow?: (index: number) => void): Promise<Ended> {
  const windows: Window[] = [];
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) k6[name]!.on("data", (data) => (text[name] += data));
  createInterface({ input: descriptor(k6) }).on("line", (line) => {
    windows.push(JSON.parse(line));
    onWindow?.(windows.length - 1);
  });
  descriptor(k6).on("error", () => {});
  const [code] = await once(k6, "close");
  return { code, ...text, windows };
}

const all = (windows: readonly Window[], metric: string) =>
  windows.flatMap((w) => w.series).filter((s) => s.metric === metric);

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Counts over all windows equal what k6 counted itself, and one window follows another. */
function assertWhole({ stdout, windows }: Ended): void {
  const { hits } = JSON.parse(stdout);
  assert.ok(hits > 0);
  assert.equal(sum(all(windows, "hits").map((s) => s.value)), hits);
  for (const [i, w] of windows.entries()) {
    assert.equal(w.v, 1);
    if (i > 0) assert.equal(Date.parse(w.from), Date.parse(windows[i - 1]!.from) + windows[i - 1]!.ms);
  }
}

const BODY = `hits.add(1); good.add(exec.scenario.iterationInTest % 4 !== 0);
  lat.add(exec.scenario.iterationInTest % 100 + 0.5, { url: String(Math.random()), route: 'r' + exec.vu.idInTest % 2 });
  check(1, { one: (x) => x === 1 });`;

test("sums over all windows are those of the run, by descriptor", async () => {
  const path = script(
    "sums",
    { scenarios: { s: { executor: "shared-iterations", vus: 4, iterations: 2000 } } },
    BODY,
  );
  const ended = await end(start(path, "/dev/fd/3?period=100ms"));
  const { windows } = ended;
  assert.equal(ended.code, 0, ended.stderr);
  assertWhole(ended);
  assert.equal(sum(all(windows, "hits").map((s) => s.value)), 2000);
  assert.equal(sum(all(windows, "iterations").map((s) => s.value)), 2000);
  assert.equal(sum(all(windows, "good").map((s) => s.yes)), 1500);
  assert.equal(sum(all(windows, "good").map((s) => s.no)), 500);
  assert.equal(sum(all(windows, "lat").map((s) => s.n)), 2000);
  assert.equal(sum(all(windows, "lat").map((s) => s.sum)), 100_000);
  assert.equal(sum(all(windows, "lat").map((s) => decodeFromCompressedBase64(s.hdr).totalCount)), 2000);
  // Tags off the list (url, route) fold; a check carries its name.
  assert.deepEqual(
    new Set(all(windows, "lat").map((s) => JSON.stringify(s.tags))),
    new Set(['{"scenario":"s"}']),
  );
  assert.deepEqual(all(windows, "checks")[0]!.tags, { check: "one", scenario: "s" });
  assert.deepEqual(new Set(all(windows, "lat").map((s) => s.unit)), new Set(["ms"]));
});

test("tags= keeps a tag, series= bounds the series, into a file", async () => {
  const path = script(
    "tags",
    { scenarios: { s: { executor: "shared-iterations", vus: 4, iterations: 400 } } },
    BODY,
  );
  const file = join(folder, "tags.ndjson");
  const kept = await end(start(path, `${file}?tags=route`));
  assert.equal(kept.code, 0, kept.stderr);
  const windows: Window[] = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assertWhole({ ...kept, windows });
  assert.deepEqual(new Set(all(windows, "lat").map((s) => s.tags.route)), new Set(["r0", "r1"]));

  const bounded = await end(start(path, "/dev/fd/3?tags=url&series=20"));
  assertWhole(bounded);
  assert.equal(sum(all(bounded.windows, "lat").map((s) => s.n)), 400);
  for (const w of bounded.windows) {
    assert.ok(w.series.filter((s) => s.tags.overflow === undefined).length <= 20);
  }
  assert.ok(sum(bounded.windows.map((w) => w.overflow)) >= 380);
});

const ENDLESS = { scenarios: { s: { executor: "constant-vus", vus: 2, duration: "10m" } } };

test("SIGINT keeps the last, partial window", async () => {
  const k6 = start(script("sigint", ENDLESS, "hits.add(1); sleep(0.005);"), "/dev/fd/3");
  const ended = await end(k6, (index) => index === 1 && k6.kill("SIGINT"));
  assert.equal(ended.code, 105, ended.stderr);
  assertWhole(ended);
  assert.ok(ended.windows.at(-1)!.ms < 1000);
});

test("test.abort keeps the last, partial window", async () => {
  const path = script(
    "abort",
    ENDLESS,
    "hits.add(1); if (exec.scenario.iterationInTest === 500) exec.test.abort('enough'); sleep(0.001);",
  );
  const ended = await end(start(path, "/dev/fd/3"));
  assert.equal(ended.code, 108, ended.stderr);
  assertWhole(ended);
});

test("a threshold that aborts keeps the last, partial window", async () => {
  const thresholds = { hits: [{ threshold: "count<200", abortOnFail: true }] };
  const path = script("threshold", { ...ENDLESS, thresholds }, "hits.add(1); sleep(0.005);");
  const ended = await end(start(path, "/dev/fd/3"));
  assert.equal(ended.code, 99, ended.stderr);
  assertWhole(ended);
});

test("a reader that goes away ends the run with an error", async () => {
  const k6 = start(script("closed", ENDLESS, "hits.add(1); sleep(0.005);"), "/dev/fd/3?period=100ms");
  const ended = await end(k6, (index) => index === 0 && descriptor(k6).destroy());
  assert.equal(ended.code, 111, ended.stderr);
  assert.match(ended.stderr, /windows output: the reader of \/dev\/fd\/3 went away/);
});

test("a reader that stops reading ends the run with an error", async () => {
  const k6 = start(
    script(
      "stalled",
      ENDLESS,
      "for (let i = 0; i < 1000; i++) hits.add(1, { name: 'a name that fills the pipe ' + i }); sleep(0.05);",
    ),
    "/dev/fd/3?period=100ms",
  );
  descriptor(k6).pause();
  let stderr = "";
  k6.stderr!.on("data", (data) => (stderr += data));
  k6.stdout!.resume();
  const [code] = await once(k6, "exit");
  descriptor(k6).destroy();
  assert.equal(code, 111, stderr);
  assert.match(stderr, /windows output: nobody read from \/dev\/fd\/3 for 10s/);
});

test("a full disk ends the run with an error", { skip: !existsSync("/dev/full") }, async () => {
  const long = await end(start(script("full", ENDLESS, "hits.add(1); sleep(0.005);"), "/dev/full"));
  assert.equal(long.code, 111, long.stderr);
  assert.match(long.stderr, /windows output: no space left for \/dev\/full/);
  // So short that only the last window finds out, when k6 would no longer fail the run by itself.
  const short = await end(start(script("short", { iterations: 1 }, "hits.add(1);"), "/dev/full"));
  assert.equal(short.code, 111, short.stderr);
  assert.match(short.stderr, /windows output: no space left for \/dev\/full/);
});

test("a wrong option or path refuses the run in one line", async () => {
  const path = script("refused", { iterations: 1 }, "hits.add(1);");
  for (const [out, says] of [
    ["w?period=1h", /period=1h is not a duration from 100ms to 1m/],
    ["w?colour=red", /unknown option colour; there are tags, series and period/],
    [join(folder, "no/such/folder"), /no such file or directory/],
    ["/dev/fd/77", /\/dev\/fd\/77: no such descriptor was passed to k6/],
    ["/dev/fd/4", /\/dev\/fd\/4: no such descriptor was passed to k6/],
  ] as const) {
    const ended = await end(start(path, out));
    assert.equal(ended.code, 104, ended.stderr);
    assert.match(ended.stderr, says);
    assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
    assert.equal(ended.stdout, "");
  }
});
