import assert from "node:assert/strict";
import { test } from "node:test";
import { looksChart } from "../ab/chart.ts";
import { abPage } from "../ab/page.ts";
import { madeUp } from "../ab/testing/trial.ts";
import { abText, lookText } from "./ab-text.ts";

test("the verdict comes first, and nothing is wider than 80 columns", () => {
  for (const ratio of [1, 1.2, 9]) {
    const { ab } = madeUp(ratio);
    const text = abText(ab, "results/20261121T100000Z-ab-basic-load/report.html");
    assert.ok(text.startsWith(`${ab.verdict.toUpperCase()}  ${ab.reasons[0]?.slice(0, 20)}`), text);
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  }
});

test("the table has both builds, the ratio with its interval, and what is only shown", () => {
  const text = abText(madeUp(1.2).ab, "here");
  assert.match(
    text,
    /^ {2}latency, mean {2}5\.00 ms {2}6\.\d\d ms {2}\+(19|20)\.\d % {2}\+\d+\.\d to \+\d+\.\d % {2}slower$/m,
  );
  assert.match(text, /^ {2}latency, p99 .* not judged$/m);
  assert.match(text, /^ {2}memory .*108 MB.*\+20\.0 % +not judged$/m);
  assert.match(text, /^B to A of what is judged: the mean of paired seconds .*\n {2}.*columns\.$/m);
  assert.match(text, /^4,000 requests to each in 5 rounds of 8 s; intervals allow for 4 looks\.$/m);
});

test("one look is one look, and p99 of few requests says why it has no ratio", () => {
  const { ab } = madeUp(1);
  const text = abText({ ...ab, shape: { ...ab.shape, rounds: 2 }, p99: null }, "here");
  assert.match(text, /allow for 1 look\.$/m);
  assert.match(text, /^p99 has no ratio: it takes 1,000 requests to each\.$/m);
  assert.match(text, /, within 5 %$/m);
  assert.match(abPage(ab), /<p>B to A of what is judged: /);
});

test("a look fits a line of a log", () => {
  const { ab } = madeUp(1.2);
  assert.match(
    lookText(ab.looks[0] ?? assert.fail()),
    /^after round 5: latency, mean \+\d+\.\d % \(.*\); latency, p50 .*; CPU/,
  );
});

test("the page has verdict and pictures, and no markup of a build's name", () => {
  const { ab } = madeUp(1.2);
  const page = abPage(ab);
  assert.match(page, /<span class="word">slower<\/span>/);
  assert.equal(page.match(/<figure id="chart-/g)?.length, 3);
  assert.ok(!page.includes("<b> &") && page.includes("&lt;b&gt; &amp; more"));
  assert.doesNotMatch(page, /<script|https?:\/\/(?!www\.w3\.org)/);
});

test("a metric that was not measured has a picture without anything in it", () => {
  const { ab } = madeUp(1.2);
  const blind = { ...ab, looks: ab.looks.map((look) => ({ ...look, metrics: look.metrics.slice(0, 2) })) };
  assert.equal(looksChart(blind, "cpu").option, undefined);
  assert.match(abPage(blind), /no data/);
});
