import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { lastWords } from "./last-words.ts";

const said = (script: string) =>
  spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stderr.split("\n");

for (const [what, script, words] of [
  ["an error nobody caught", 'throw new Error("no licence")', "Error: no licence"],
  ["a module that is not there", 'require("/no/such.js")', "Error: Cannot find module '/no/such.js'"],
  [
    "an error with a code and a cause",
    'const e = new TypeError("outer", { cause: new RangeError("inner") }); e.code = "E_X"; throw e;',
    "TypeError: outer",
  ],
  ["a word that was thrown", 'throw "enough"', "enough"],
  [
    "an error that was logged before the end",
    'console.error(new SyntaxError("bad config")); process.exit(1)',
    "SyntaxError: bad config",
  ],
  ["a plain sentence", 'console.error("first\\nlast")', "last"],
  ["nothing", "", undefined],
] as const) {
  test(`the last words of a Node that ends by ${what}`, () => {
    assert.equal(lastWords(said(script)), words);
  });
}

test("npm says where its log is when it has said what is wrong", () => {
  const lines = [
    "npm error code E404",
    "npm error 404 Not Found - GET http://127.0.0.1:1/nothing - not found",
    "npm error A complete log of this run can be found in: /tmp/_logs/debug-0.log",
  ];
  assert.equal(lastWords(lines), lines[1]);
});
