import assert from "node:assert/strict";
import { test } from "node:test";
import { inCi, isWorthARetry } from "./retry.ts";

for (const [CI, expected] of [
  ["true", true],
  ["1", true],
  ["woodpecker", true],
  ["", false],
  ["0", false],
  ["false", false],
  [undefined, false],
] as const) {
  test(`CI ${CI === undefined ? "that is not set" : `set to "${CI}"`} is ${expected ? "" : "not "}CI`, () => {
    assert.equal(inCi(CI === undefined ? {} : { CI }), expected);
  });
}

for (const [what, run, expected] of [
  ["a crossed SLA", { state: "complete", exitCode: 99 }, true],
  ["a run that measured nothing", { state: "complete", exitCode: 4 }, true],
  ["a run that held", { state: "complete", exitCode: 0 }, false],
  ["a fault of ours", { state: "complete", exitCode: 1 }, false],
  ["Ctrl-C", { state: "interrupted", exitCode: 4 }, false],
] as const) {
  test(`${what} is ${expected ? "" : "not "}worth a retry`, () => {
    assert.equal(isWorthARetry(run), expected);
  });
}
