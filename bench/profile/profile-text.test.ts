import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "./call-tree.ts";
import { overheadText, profileText, unsteadyText } from "./profile-text.ts";

const leaf = (name: string, us: number): Call => ({ name, selfUs: us, totalUs: us, children: [] });
const root = (...children: Call[]): Call => ({
  name: "(root)",
  selfUs: 0,
  totalUs: children.reduce((sum, { totalUs }) => sum + totalUs, 0),
  children,
});

test("functions by their own share, of long names the folders cut, in 80 columns", () => {
  const long = `convertExtendee ${"deep/".repeat(20)}extensions.js:155`;
  const text = profileText(
    "A",
    root(leaf("route targets/ilp/router.ts:4", 750_000), leaf(long, 250_000)),
    undefined,
  );
  assert.match(text, /^ {2}A: functions by their own share of 1\.00 s at work$/m);
  assert.match(text, /^ {2}75\.0 % {2}75\.0 % {3}route targets\/ilp\/router\.ts:4$/m);
  assert.match(text, /^ {2}25\.0 % {2}25\.0 % {3}convertExtendee …\/(deep\/)+extensions\.js:155$/m);
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
});

test("what grew is told in bytes and objects", () => {
  const grown = [
    { kind: "Parcel", before: { count: 1, bytes: 48 }, after: { count: 5_001, bytes: 240_048 } },
  ];
  assert.match(profileText("A", root(leaf("f", 1)), grown), /^ +240 kB +\+5,000 {3}Parcel$/m);
  assert.match(profileText("A", root(leaf("f", 1)), []), /nothing grew/);
});

test("what sampling cost, and that less than nothing is noise", () => {
  assert.equal(overheadText(0.031), "sampling cost +3.10 % CPU a request, against the seconds before it");
  assert.match(overheadText(-0.05), /^sampling cost less than the noise: −5\.00 % CPU a request/);
  assert.match(overheadText(undefined), /cannot be told/);
});

test("a load that was not steady is told with its numbers; a steady one is not", () => {
  assert.equal(unsteadyText({ yes: 0, no: 500 }, 0), undefined);
  assert.equal(unsteadyText({ yes: 0, no: 500 }, 3), "the load was not steady: 3 arrivals were dropped");
  assert.equal(unsteadyText({ yes: 2, no: 0 }, 0), "the load was not steady: 2 of 2 requests failed");
});
