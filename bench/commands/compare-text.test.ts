import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { compare } from "../compare/compare.ts";
import { DEFAULT_POLICY } from "../compare/policy.ts";
import { side, times } from "../compare/testing/sides.ts";
import { compareText } from "./compare-text.ts";

const OPTIONS = { policy: DEFAULT_POLICY, acrossMachines: false };
const before = await side(1);

for (const [what, factor, first, table] of [
  ["the same", 1, /^ {2}SAME {2}basic-load smoke, exit code 0$/, /^ {2}p50 +1\.0\d +1\.0\d ms .* same$/m],
  [
    "slower",
    1.7,
    /^ {2}SLOWER \(FAILS\) {2}basic-load smoke, exit code 3$/,
    /^ {2}p95 .* <\.001 +100 % +fails$/m,
  ],
] as const) {
  test(`a run that is ${what} reads so in 80 columns, verdict first`, async () => {
    const text = stripVTControlCharacters(
      compareText(compare(before, await side(2, times(factor)), OPTIONS), "results/x/compare.html"),
    );
    const lines = text.split("\n").filter((line) => line !== "");
    assert.match(lines[0] ?? "", first);
    assert.match(text, table);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  });
}
