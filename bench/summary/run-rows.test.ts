import assert from "node:assert/strict";
import { test } from "node:test";
import { inTwoLines } from "./run-rows.ts";
import { namesOf } from "./words.ts";

test("a name takes two lines at most, and is broken at a space where it has one", () => {
  assert.equal(inTwoLines("stress smoke", 20), "stress smoke");
  assert.equal(inTwoLines("interceptor-overhead smoke", 20), "interceptor-overhead\nsmoke");
  assert.equal(inTwoLines("abcdefghijklmno", 5), "abcde\nfghi…");
});

test("runs of the same scenario and profile are told apart by when they began", () => {
  const run = { scenario: "stress", profile: "full", startedAt: "2026-11-21T10:00:00.000Z" } as const;
  const later = { ...run, startedAt: "2026-11-22T11:30:00.000Z" };
  assert.deepEqual(namesOf([run, { ...run, scenario: "soak" }, later]), [
    "stress full 11-21 10:00",
    "soak full",
    "stress full 11-22 11:30",
  ]);
});
