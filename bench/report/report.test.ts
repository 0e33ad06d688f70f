import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { type Run, runSchema } from "../results/run-schema.ts";
import { type ReportFile, report } from "./report.ts";
import { emptySample, HOSTILE, hostileSample, type Sample, sample } from "./testing/sample.ts";

function textOf(files: readonly ReportFile[], path: string): string {
  const file = files.find((one) => one.path === path);
  assert.ok(typeof file?.content === "string", path);
  return file.content;
}

/** Elements that do not close or close another: none in a well-formed page. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const empty = new Set(["meta", "link", "br", "hr", "img", "input"]);
  for (const [, close, name = "", , self] of page.matchAll(
    /<(\/?)([a-zA-Z][\w:]*)((?:"[^"]*"|[^">])*?)(\/?)>/g,
  )) {
    if (close) {
      const last = open.pop();
      if (last !== name) wrong.push(`</${name}> closes <${last}>`);
    } else if (!self && !empty.has(name)) open.push(name);
  }
  return [...wrong, ...open.map((name) => `<${name}> stays open`)];
}

/** Graphs of a run that are there as images too. */
const MAIN = [
  ...["latency", "throughput", "errors", "failed-share", "callers", "histogram", "percentiles"],
  ...["cpu", "memory", "heap", "event-loop"],
];

test("a run leaves a page, a text, a JUnit file and each graph, the main ones as images too", async () => {
  const files = await report(sample("basic-load"));
  assert.deepEqual(
    files.map(({ path }) => path).filter((path) => !path.endsWith(".png")),
    ["report.html", "report.md", "junit.xml", ...[...MAIN, "lateness"].map((id) => `graphs/${id}.svg`)],
  );
  assert.deepEqual(
    files.map(({ path }) => path).filter((path) => path.endsWith(".png")),
    MAIN.map((id) => `graphs/${id}.png`),
  );
});

test("the samples are runs as the schema has them", () => {
  for (const one of [sample("stress"), emptySample("spike"), hostileSample()]) runSchema.parse(one.run);
});

test("page and text say the same: verdict, reasons, each row as measured, how to run it again", async () => {
  const slow = sample("basic-load", { latencyMs: () => 180 });
  const files = await report(slow);
  const page = textOf(files, "report.html");
  const text = textOf(files, "report.md");
  assert.equal(slow.run.verdict, "fail");
  assert.match(text, /^# ❌ Fail: basic-load · smoke\n/);
  assert.match(
    page,
    /<h1><span class="word">Fail<\/span> <span class="what">basic-load · smoke<\/span><\/h1>/,
  );
  assert.match(text, /\| ❌ fail \| latency p50 \| P0 \| 181 ms \| &lt; 50 ms \|/);
  assert.match(
    page,
    /<tr class="fail" data-sla="latency-p50">.*<td class="number measured">181 ms<\/td><td class="limit">&lt; 50 ms<\/td>/,
  );
  assert.match(text, /\| ✅ pass \| achieved of asked rate \| P0 \| 100 % \| ≥ 99 % \|/);
  for (const reason of slow.run.reasons) {
    assert.ok(page.includes(`<li>${reason.replace("<", "&lt;")}</li>`), reason);
    assert.ok(text.includes(`- ${reason.replace("<", "&lt;")}`), reason);
  }
  for (const one of [page, text]) assert.ok(one.includes("npx plimsoll run basic-load --profile smoke"));
  assert.match(text, /!\[Latency percentiles\]\(graphs\/latency\.svg\)/);
});

test("stress: the knee", async () => {
  const breaking = sample("stress", { latencyMs: (perSecond) => (perSecond > 2_000 ? 150 : 2) });
  assert.equal(breaking.run.findings.knee?.at?.vus, 125);
  const text = textOf(await report(breaking), "report.md");
  assert.match(text, /The target held up to 125 callers: [\d,.]+ req\/s at a p95 of [\d.]+ ms\./);
  assert.match(text, /\| \*\*125\*\* \|.*\*\*held, the knee\*\* \|/);
  assert.match(text, /\| 500 \|.*\| broke \|/);
});

test("spike: the recovery, or that there was none", async () => {
  const back = sample("spike", { latencyMs: (_, second) => (second >= 6 && second < 17 ? 90 : 2) });
  assert.match(textOf(await report(back), "report.md"), /was back for good [\d.]+ s after the spike ended/);
  const never = sample("spike", { latencyMs: (_, second) => (second >= 6 ? 90 : 2) });
  const text = textOf(await report(never), "report.md");
  assert.match(text, /was not back within the [\d.]+ s that were observed/);
  assert.match(text, /\| ❔ no data \| recovery of p95 after the spike.*\| P0 \| – \| &lt; 30 s \|/);
});

test("interceptor-overhead: an interval across zero is not distinguishable", async () => {
  const { run, windows, resources } = sample("interceptor-overhead");
  const { overhead } = run.findings;
  assert.ok(overhead);
  const rows = overhead.rows.map((row, i) => ({
    ...row,
    addedP50Us:
      i === 0
        ? { value: 3.21, low: -12, high: 18, distinguishable: false }
        : { value: 250, low: 200, high: 301.5, distinguishable: true },
  }));
  const findings: Run["findings"] = { overhead: { ...overhead, rows } };
  const files = await report({ run: { ...run, findings }, windows, resources });
  const text = textOf(files, "report.md");
  assert.match(
    text,
    /\| error-handler \| [\d,]+ \| \\\+3\.21 µs \\\[−12\.0, \+18\.0\\\] not distinguishable \|/,
  );
  assert.match(text, /\| timeout \| [\d,]+ \| \\\+250 µs \\\[\+200, \+302\\\] \|/);
  assert.match(
    textOf(files, "report.html"),
    /<span class="unclear">\+3\.21 µs<em>not distinguishable<\/em><\/span>/,
  );
});

test("what the machine's host took is a row and a line of its own, where it was counted", async () => {
  const { run, windows, resources } = sample("basic-load");
  const page = async (stolenCpuCores: Run["generator"]["stolenCpuCores"]) => {
    const files = await report({
      run: { ...run, generator: { ...run.generator, stolenCpuCores } },
      windows,
      resources: resources.map((one) => (stolenCpuCores ? { ...one, stolenCpuCores: 0.07 } : one)),
    });
    return textOf(files, "report.html");
  };
  const seen = await page({ avg: 0.07, p95: 0.21, max: 0.34 });
  const [row = ""] = /host \(steal\), CPU.*?<\/tr>/s.exec(seen) ?? [];
  assert.deepEqual(row.match(/0\.\d+ cores/g), ["0.0700 cores", "0.210 cores", "0.340 cores"]);
  assert.match(seen, /stolen: kept by its host for others/);
  assert.doesNotMatch(await page(null), /\(steal\)|stolen:/);
});

test("a dead target's last log lines are in the report", async () => {
  const { run, windows, resources } = sample("basic-load");
  const died = { exitCode: null, signal: "SIGKILL", atSeconds: 9, lastLog: ["listening", "out of memory"] };
  const files = await report({ run: { ...run, target: { ...run.target, died } }, windows, resources });
  const text = textOf(files, "report.md");
  assert.match(
    text,
    /## The target died\n\nAfter 9.00 s, with signal SIGKILL\. The last it logged:\n\n```text\nlistening\nout of memory\n```/,
  );
  assert.match(
    textOf(files, "report.html"),
    /<pre class="log"><code>listening\nout of memory<\/code><\/pre>/,
  );
});

test("an unfinished run is reported with what is missing", async () => {
  const files = await report(emptySample("basic-load"));
  const text = textOf(files, "report.md");
  assert.match(text, /^# ⏳ Incomplete: basic-load · smoke · --seconds 1\n\nThe run has no verdict\./);
  for (const notice of [
    "This run never ended by itself",
    "There are no windows",
    "There are no resource samples",
    "No SLA was judged",
  ])
    assert.ok(text.includes(notice), notice);
  assert.match(text, /\| Took \| – \|/);
  const page = textOf(files, "report.html");
  assert.deepEqual(unbalanced(page), []);
  assert.ok(page.includes("no data"));
});

test("while a run goes its charts have the limits of its plan; nothing is said to be judged", async () => {
  const { run, windows, resources } = sample("basic-load");
  const going: Run = { ...run, state: "running", verdict: null, exitCode: null, sla: [], endedAt: null };
  const files = await report({ run: going, windows: windows.slice(0, 12), resources });
  assert.match(textOf(files, "graphs/latency.svg"), /p95 &lt; 100 ms/);
  assert.match(textOf(files, "report.md"), /No SLA was judged/);
  assert.doesNotMatch(textOf(files, "report.html"), /data-sla=/);
});

test("one window is a report of dots", async () => {
  const { run, windows, resources } = sample("basic-load");
  const files = await report({ run, windows: windows.slice(10, 11), resources: resources.slice(10, 11) });
  assert.match(textOf(files, "report.md"), /There is one window only/);
  const svg = textOf(files, "graphs/latency.svg");
  new Resvg(svg);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test("no number of any report is NaN, undefined or infinite", async () => {
  const runs: Sample[] = [
    sample("stress"),
    sample("spike"),
    sample("interceptor-overhead"),
    emptySample("stress"),
    hostileSample(),
  ];
  for (const one of runs) {
    for (const { path, content } of await report(one)) {
      if (typeof content === "string") assert.doesNotMatch(content, /\bNaN\b|\bundefined\b|Infinity/, path);
    }
  }
});

test("hostile names stay text in every file", async () => {
  const files = await report(hostileSample());
  const page = textOf(files, "report.html");
  assert.deepEqual(unbalanced(page), []);
  assert.doesNotMatch(page, /<(script|img|iframe|object)\b/);
  assert.ok(!page.includes("\u0000") && !page.includes("\u001b"));
  assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  for (const { path, content } of files) if (path.endsWith(".svg")) new Resvg(content as string);
  const junit = textOf(files, "junit.xml").replace(/^<\?xml[^>]*\?>/, "");
  new Resvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><metadata>${junit}</metadata></svg>`,
  );
  const text = textOf(files, "report.md");
  const outsideCode = text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, "")
    .replace(/(?<![\\`])(`+)[^`\n](?:.*?[^`])?\1(?!`)/g, "");
  assert.doesNotMatch(outsideCode, /<script/);
  assert.doesNotMatch(outsideCode, /@octocat/);
  // Every row of a table has the cells of its head: no name broke out of its own.
  for (const table of text.split("\n\n").filter((part) => part.startsWith("|"))) {
    const cells = table.split("\n").map((row) => row.match(/(?<!\\)\|/g)?.length);
    assert.equal(new Set(cells).size, 1, table);
  }
  assert.ok(HOSTILE.includes("<script>"));
});
