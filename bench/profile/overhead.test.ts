import assert from "node:assert/strict";
import { test } from "node:test";
import { overheadOf } from "./overhead.ts";

const second = (n: number, cores: number, requests: number) => ({
  fromMs: n * 1_000,
  toMs: (n + 1) * 1_000,
  cores,
  requests,
});

test("the cost of sampling is CPU a request against the stretch before, whatever the rate was", () => {
  const samples = [
    second(0, 9, 1),
    second(1, 0.2, 1_000),
    second(2, 0.2, 1_000),
    second(3, 9, 1),
    second(4, 0.11, 500),
    second(5, 0.44, 2_000),
  ];
  const overhead = overheadOf(samples, { fromMs: 1_000, toMs: 3_500 }, { fromMs: 3_900, toMs: 6_000 });
  assert.ok(Math.abs((overhead as number) - 0.1) < 1e-12, String(overhead));
});

test("too few whole seconds, or none without CPU or requests, tell nothing", () => {
  const samples = [second(1, 0.2, 10), second(2, 0.2, 10), second(3, 0.2, 10)];
  const before = { fromMs: 1_000, toMs: 3_000 };
  assert.equal(overheadOf(samples, before, { fromMs: 3_000, toMs: 4_000 }), undefined);
  const idle = [second(1, 0, 0), second(2, 0, 0), second(3, 1, 1), second(4, 1, 1)];
  assert.equal(overheadOf(idle, before, { fromMs: 3_000, toMs: 5_000 }), undefined);
});
