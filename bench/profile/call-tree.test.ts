import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Call, callTree, topFrames } from "./call-tree.ts";
import type { CpuProfile } from "./cpu-profile.ts";

/** A profile of named functions: `callers` has the caller of each by position, `samples` who was on top and for how long. */
function profile(
  functions: readonly (readonly [name: string, caller: number])[],
  samples: readonly (readonly [node: number, us: number])[],
): CpuProfile {
  let at = 0;
  const starts = samples.map(([, us]) => {
    at += us;
    return at - us;
  });
  const children = new Map<number, number[]>();
  for (const [n, [, caller]] of functions.entries())
    children.set(caller, [...(children.get(caller) ?? []), n + 1]);
  const frame = (functionName: string) => ({ functionName, url: "", lineNumber: -1, columnNumber: -1 });
  return {
    nodes: [["(root)", -1] as const, ...functions].map(([name], id) => ({
      id,
      callFrame: frame(name),
      children: children.get(id) ?? [],
    })),
    startTime: 1_000,
    endTime: 1_000 + at,
    samples: samples.map(([node]) => node),
    timeDeltas: starts.map((us, i) => us - (starts[i - 1] ?? 0)),
  };
}

const named = ({ functionName }: { functionName: string }) => functionName;
const child = (call: Call | undefined, name: string) => call?.children.find((it) => it.name === name);

test("a sample stands for the time up to the next one, the last up to the end; idle time is left out", () => {
  const seen = profile(
    [
      ["serve", 0],
      ["parse", 1],
      ["(idle)", 0],
    ],
    [
      [1, 100],
      [2, 30],
      [3, 500],
      [1, 7],
    ],
  );
  const tree = callTree(seen, named);
  assert.deepEqual([tree.totalUs, tree.selfUs], [137, 0]);
  const serve = child(tree, "serve");
  assert.deepEqual([serve?.selfUs, serve?.totalUs], [107, 137]);
  assert.deepEqual(child(serve, "parse"), { name: "parse", selfUs: 30, totalUs: 30, children: [] });
});

test("calls of one function from one place are one, from two places two", () => {
  const seen = profile(
    [
      ["a", 0],
      ["b", 0],
      ["write", 1],
      ["write", 1],
      ["write", 2],
    ],
    [
      [3, 10],
      [4, 20],
      [5, 40],
    ],
  );
  const tree = callTree(seen, named);
  assert.deepEqual(
    tree.children.map(({ name, totalUs }) => [name, totalUs]),
    [
      ["b", 40],
      ["a", 30],
    ],
    "dearest first",
  );
  assert.equal(child(tree, "a")?.children.length, 1);
  assert.deepEqual(
    topFrames(tree, 1).map(({ name, selfUs, selfShare }) => [name, selfUs, selfShare]),
    [["write", 70, 1]],
  );
});

test("a function that calls itself is on the stack once", () => {
  const seen = profile(
    [
      ["walk", 0],
      ["walk", 1],
      ["walk", 2],
    ],
    [
      [1, 1],
      [3, 9],
    ],
  );
  const [walk] = topFrames(callTree(seen, named), 5);
  assert.deepEqual([walk?.selfUs, walk?.totalUs, walk?.totalShare], [10, 10, 1]);
});

test("a stack deeper than ours is read", () => {
  const deep = Array.from({ length: 50_000 }, (_, n) => [`f${n}`, n] as const);
  const tree = callTree(profile(deep, [[50_000, 5]]), named);
  assert.equal(tree.totalUs, 5);
});

test("whatever is sampled: own times add up to the time at work, and no function is on the stack for longer", () => {
  const functions = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "(idle)"), fc.nat(9)), {
    minLength: 1,
    maxLength: 10,
  });
  fc.assert(
    fc.property(functions, fc.array(fc.tuple(fc.nat(9), fc.nat(100)), { minLength: 1 }), (raw, samples) => {
      // A caller comes before what it calls.
      const tree = raw.map(([name, caller], n) => [name, caller % (n + 1)] as const);
      const seen = profile(
        tree,
        samples.map(([node, us]) => [node % (tree.length + 1), us] as const),
      );
      const root = callTree(seen, named);
      const top = topFrames(root, 10);
      const own = top.reduce((sum, { selfUs }) => sum + selfUs, root.selfUs);
      assert.equal(own, root.totalUs);
      for (const { totalUs, selfUs } of top) assert.ok(selfUs <= totalUs && totalUs <= root.totalUs);
    }),
  );
});
