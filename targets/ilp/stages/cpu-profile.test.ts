import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CpuProfile, type Frame, threadOf, timeByStage } from "./cpu-profile.ts";

/** A profile of named functions: `tree` has the callers of each, `samples` who was on top and for how long. */
function profile(
  tree: Readonly<Record<string, string>>,
  samples: readonly (readonly [name: string, us: number])[],
): CpuProfile {
  const names = ["(root)", ...Object.keys(tree)];
  const id = (name: string) => names.indexOf(name) + 1;
  let at = 0;
  const starts = samples.map(([, us]) => {
    at += us;
    return at - us;
  });
  return {
    nodes: names.map((functionName) => ({
      id: id(functionName),
      callFrame: { functionName, url: "" },
      children: Object.entries(tree).flatMap(([name, caller]) => (caller === functionName ? [id(name)] : [])),
    })),
    startTime: 1_000,
    endTime: 1_000 + at,
    samples: samples.map(([name]) => id(name)),
    timeDeltas: starts.map((us, i) => us - (starts[i - 1] ?? 0)),
  };
}

/** Functions in capitals are stages of their own. */
const capital = ({ functionName }: Frame) => (/^[A-Z]/.test(functionName) ? functionName : undefined);
const ALWAYS = { fromUs: 0, toUs: 1e9 };

const TREE = { Wire: "(root)", native: "Wire", Ledger: "native", emit: "(root)" };

test("each sample stands for the time up to the next one, the last up to the end", () => {
  const seen = profile(TREE, [
    ["Wire", 100],
    ["Ledger", 30],
    ["Wire", 7],
  ]);
  assert.deepEqual(
    [...timeByStage(seen, ALWAYS, capital, "other")],
    [
      ["Wire", 107],
      ["Ledger", 30],
    ],
  );
});

test("what has no stage works for the nearest caller that has one, or for none", () => {
  const seen = profile({ ...TREE, deep: "Ledger", deeper: "deep" }, [
    ["native", 5],
    ["deeper", 3],
    ["emit", 2],
  ]);
  assert.deepEqual(Object.fromEntries(timeByStage(seen, ALWAYS, capital, "other")), {
    Wire: 5,
    Ledger: 3,
    other: 2,
  });
});

test("only the span counts, and of a sample on its edge the part within", () => {
  const seen = profile(TREE, [
    ["Wire", 100],
    ["Ledger", 100],
    ["Wire", 100],
  ]);
  const span = { fromUs: 1_090, toUs: 1_250 };
  assert.deepEqual(Object.fromEntries(timeByStage(seen, span, capital, "other")), { Wire: 60, Ledger: 100 });
  assert.equal(timeByStage(seen, { fromUs: 0, toUs: 1_000 }, capital, "other").size, 0);
});

test("a profile without samples has no time", () => {
  assert.equal(timeByStage(profile(TREE, []), ALWAYS, capital, "other").size, 0);
});

test("the times of all stages add up to the span, whatever was sampled", () => {
  const name = fc.constantFrom(...Object.keys(TREE));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, fc.integer({ min: 0, max: 500 })), { minLength: 1 }),
      fc.nat(3_000),
      fc.nat(3_000),
      (samples, fromUs, lengthUs) => {
        const seen = profile(TREE, samples);
        const toUs = fromUs + lengthUs;
        const times = timeByStage(seen, { fromUs, toUs }, capital, "other");
        const covered = Math.max(0, Math.min(toUs, seen.endTime) - Math.max(fromUs, seen.startTime));
        assert.equal(
          [...times.values()].reduce((sum, us) => sum + us, 0),
          covered,
        );
      },
    ),
  );
});

test("a call tree deeper than any stack is read", () => {
  const names = Array.from({ length: 50_000 }, (_, n) => `f${n}`);
  const deep: CpuProfile = {
    ...profile({}, []),
    nodes: [
      { id: 1, callFrame: { functionName: "(root)", url: "" }, children: [2] },
      { id: 2, callFrame: { functionName: "Wire", url: "" }, children: [3] },
      ...names.map((functionName, n) => ({
        id: n + 3,
        callFrame: { functionName, url: "" },
        children: n + 1 < names.length ? [n + 4] : [],
      })),
    ],
    samples: [names.length + 2],
    timeDeltas: [0],
    endTime: 1_010,
  };
  assert.deepEqual([...timeByStage(deep, ALWAYS, capital, "other")], [["Wire", 10]]);
});

test("a file's name says whose profile it is", () => {
  assert.deepEqual(threadOf("CPU.20261121.182537.4258.1.002.cpuprofile"), { pid: 4258, thread: 1 });
  assert.equal(threadOf("Heap.20261121.182537.4258.1.002.heapprofile"), undefined);
});
