import assert from "node:assert/strict";
import { test } from "node:test";
import { START_MS } from "../windows/testing/windows.ts";
import { resourceSampleSchema, runSchema } from "./run-schema.ts";
import { wholeRun } from "./testing/run.ts";

for (const scenario of ["basic-load", "stress", "spike", "interceptor-overhead"]) {
  test(`a whole ${scenario} run is accepted, and nothing of it is lost on its way through JSON`, () => {
    const run = wholeRun(scenario);
    assert.deepEqual(runSchema.parse(JSON.parse(JSON.stringify(run))), JSON.parse(JSON.stringify(run)));
  });
}

/** What may be missing: notes on rows, findings that only some scenarios have, and what older results do not tell. */
const OPTIONAL = /^(sla\.\d+\.note|findings\.(knee|recovery|overhead)|generator\.stolenCpuCores)$/;
/** Free maps: any key may be there or not. */
const MAPS = /(^|\.)(tags\.[^.]+|plan\.(?!(scenario|profile)$).+)$/;

/** Every path to a value in an object, through the first entry of each list. */
function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.slice(0, 1).entries() : Object.entries(value);
  for (const [key, child] of entries) {
    const at = [...path, String(key)];
    if (!Array.isArray(value)) yield at;
    yield* pathsOf(child, at);
  }
}

function without(run: object, path: readonly string[]): unknown {
  const copy = structuredClone(run) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  delete at[path.at(-1) as string];
  return copy;
}

for (const scenario of ["basic-load", "stress", "spike", "interceptor-overhead"]) {
  test(`a ${scenario} run without any one of its fields is refused, and the field is named`, () => {
    const whole = wholeRun(scenario);
    const died = { exitCode: 1, signal: null, atSeconds: 7, lastLog: ["fault: crash"] };
    const run = {
      ...whole,
      // A trend has the most fields, and a target that died has more than one that lives.
      series: whole.series.filter(({ type }) => type === "trend"),
      target: { ...whole.target, died },
    };
    let checked = 0;
    for (const path of pathsOf(run)) {
      const name = path.join(".");
      if (OPTIONAL.test(name) || MAPS.test(name)) continue;
      const { success, error } = runSchema.safeParse(without(run, path));
      assert.equal(success, false, `accepted without ${name}`);
      assert.ok(
        error?.issues.some((issue) => issue.path.join(".") === name),
        `${name} is named in: ${error?.message}`,
      );
      checked++;
    }
    assert.ok(checked > 80, `${checked} fields`);
  });
}

for (const [what, change] of [
  ["a verdict that is none of ours", { verdict: "maybe" }],
  ["a state that is none of ours", { state: "sunk" }],
  ["a profile that is none of ours", { profile: "huge" }],
  ["another schema", { schema: 2 }],
  ["a reason that is no text", { reasons: [7] }],
  ["a figure that is not a number", { exitCode: Number.NaN }],
  ["a series of no known type", { series: [{ metric: "m", type: "set", unit: "", tags: {} }] }],
] as const) {
  test(`${what} is refused`, () => {
    assert.equal(runSchema.safeParse({ ...wholeRun(), ...change }).success, false);
  });
}

test("a run that is still going, or was killed, has no verdict yet", () => {
  const run = { ...wholeRun(), state: "running", verdict: null, exitCode: null, endedAt: null };
  assert.deepEqual(runSchema.parse(run).verdict, null);
});

test("a second of resources reads with and without a target that tells of its variants", () => {
  const bench = { cpuCores: 0.1, rssBytes: 9e7, loopDelayP99Ms: 11 };
  const at = new Date(START_MS).toISOString();
  const silent = { at, target: null, k6: null, bench };
  const target = {
    cpuCores: 0.5,
    rssBytes: 8e7,
    heapBytes: null,
    eventLoopDelayMs: 10.4,
    variants: { none: { cpuSeconds: 1.5, requests: 900 } },
  };
  const talking = { at, target, k6: { cpuCores: 1, rssBytes: 2e8 }, bench };
  for (const sample of [silent, talking]) assert.deepEqual(resourceSampleSchema.parse(sample), sample);
  assert.equal(resourceSampleSchema.safeParse({ ...silent, bench: undefined }).success, false);
  assert.equal(
    resourceSampleSchema.safeParse({ ...talking, target: { ...target, variants: { none: { requests: 1 } } } })
      .success,
    false,
  );
});

test("a scenario that is a path is refused: files are named after it", () => {
  const whole = wholeRun("stress");
  for (const scenario of ["../../escaped", "a/b", "..", ""])
    assert.equal(runSchema.safeParse({ ...whole, scenario }).success, false, scenario);
});
