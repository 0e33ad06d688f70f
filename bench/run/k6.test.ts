import assert from "node:assert/strict";
import { test } from "node:test";
import { whyItEnded } from "./k6.ts";

const line = (level: string, msg: string, more = "") =>
  `time="2026-12-01T10:00:00Z" level=${level} msg=${JSON.stringify(msg)}${more}`;
const CONSOLE = " source=console";
const thrown = line("error", "TypeError: Cannot read property 'x' of undefined at soak.js:7");
const late = line("error", "the link is down", CONSOLE);

const exit = (exitCode: number) => ({ exitCode, signal: null });

for (const [what, ending, log, says] of [
  [
    "its first error, and not what follows from it",
    exit(107),
    [line("info", "starting"), thrown, line("error", "hint: script exception"), line("info", "bye")],
    "k6 ended with exit code 107: TypeError: Cannot read property 'x' of undefined at soak.js:7",
  ],
  [
    "not what the script says itself",
    exit(107),
    [late, thrown],
    "k6 ended with exit code 107: TypeError: Cannot read property 'x' of undefined at soak.js:7",
  ],
  [
    "its last words where nothing is an error",
    exit(1),
    [line("info", "one"), "two", line("warning", "three"), "four"],
    "k6 ended with exit code 1: two | three | four",
  ],
  [
    "its last words where a signal ended it, whatever went wrong long before",
    { exitCode: null, signal: "SIGKILL" },
    [thrown, "a", "b", "c"],
    "k6 was killed by SIGKILL: a | b | c",
  ],
  [
    "why Go broke",
    { exitCode: 2, signal: null },
    ["fatal error: out of memory", "goroutine 1 [running]:", "main.main()"],
    "k6 ended with exit code 2: fatal error: out of memory",
  ],
  ["nothing, of an empty log", exit(1), [], "k6 ended with exit code 1"],
] as const) {
  test(`a k6 that fails is told by ${what}`, () => {
    assert.equal(whyItEnded(ending, log, log.slice(-3)), says);
  });
}
