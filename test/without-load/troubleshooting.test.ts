/** docs/troubleshooting.md explains words that are printed: each is still somewhere in the code. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../plimsoll.ts";

const sources = globSync("{bench,build,scenarios,targets}/**/*.{ts,mjs}", { cwd: ROOT })
  .filter((file) => !file.includes(".test.") && !file.includes("testing"))
  .map((file) => readFileSync(join(ROOT, file), "utf8"))
  .join("\n");

const page = readFileSync(join(ROOT, "docs", "troubleshooting.md"), "utf8");
const cells = [...page.matchAll(/^\| (.+?) \|/gm)]
  .map(([, cell = ""]) => cell)
  .filter((cell) => !/^(it says|-+)/.test(cell));

test("there is something to explain", () => assert.ok(cells.length > 30));

for (const cell of cells) {
  test(`"${cell.trim()}" is what the code prints`, () => {
    // What stands for a value of the moment is three dots; two messages of one cause have a semicolon between them.
    for (const words of cell.split(/\.\.\.|; /).map((part) => part.trim())) {
      assert.ok(sources.includes(words), words);
    }
  });
}
