import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { plan, SCENARIOS } from "../../scenarios/plans.ts";
import type { Gate } from "../flakes/flakes.ts";
import type { Survey } from "../flakes/survey.ts";
import { flakesText } from "./flakes-text.ts";

const shaky: Gate = {
  gate: "latency-p95",
  runs: 1_234,
  flips: 123,
  rate: { value: 123 / 1_234, low: 0.08, high: 0.12 },
  standing: "quarantined",
  lastFlip: { run: "r", at: "2026-11-21T10:00:00.000Z", commit: "9971f9f0c3a1d2e4b5f60718293a4b5c6d7e8f90" },
};
const NONE = { unlike: 0, uncommitted: 0, unjudged: 0, old: 0 };
const survey: Survey = {
  scenario: "basic-load",
  profile: "smoke",
  runs: 1_234,
  leftOut: NONE,
  gates: [shaky],
};
const linesOf = (...surveys: Survey[]) =>
  stripVTControlCharacters(flakesText(surveys))
    .split("\n")
    .map((line) => line.trimEnd());

test("a gate has its runs, flips, rate, state and the commit of its last flip", () => {
  const lines = linesOf(survey);
  assert.ok(lines.includes("  basic-load.smoke: 1,234 runs that can tell"));
  assert.ok(lines.some((line) => /^ {2}latency p95 +1,234 +123 +9\.97 % +quarantined +9971f9f$/.test(line)));
  assert.doesNotMatch(lines.join("\n"), /left out/);
});

test("a gate without a run that can tell has no rate, and other runs are counted", () => {
  const silent: Gate = { ...shaky, runs: 0, flips: 0, rate: null, standing: "unknown", lastFlip: null };
  const lines = linesOf({
    ...survey,
    runs: 1,
    leftOut: { unlike: 3, uncommitted: 1, unjudged: 0, old: 2 },
    gates: [silent],
  });
  assert.ok(lines.includes("  basic-load.smoke: 1 run that can tell"));
  assert.deepEqual(
    lines.filter((line) => line.includes("left out")),
    [
      "  left out: 3 of another machine, load or target",
      "  left out: 1 of changes that are not committed, or outside of git",
      "  left out: 2 too old",
    ],
  );
  assert.ok(lines.some((line) => /latency p95 +0 +0 +– +unknown$/.test(line)));
});

test("a gate that this plimsoll does not know has its id", () => {
  assert.ok(
    linesOf({ ...survey, gates: [{ ...shaky, gate: "watched-A-heap-limit" }] }).some((line) =>
      line.startsWith("  A heap limit "),
    ),
    "every run is watched for it, so no plan has a title for it",
  );
  assert.ok(
    linesOf({ ...survey, gates: [{ ...shaky, gate: "gone" }] }).some((line) => line.startsWith("  gone ")),
  );
});

test("with the longest title of a gate that there is, the table fits 80 columns", () => {
  for (const scenario of Object.keys(SCENARIOS)) {
    const gates = plan(scenario, "full")?.sla.map(({ id }) => ({ ...shaky, gate: id })) ?? [];
    const leftOut = { unlike: 1_234, uncommitted: 1_234, unjudged: 1_234, old: 1_234 };
    for (const line of linesOf({ ...survey, scenario, profile: "full", leftOut, gates }))
      assert.ok(line.length <= 80, `${line.length}: ${line}`);
  }
});
