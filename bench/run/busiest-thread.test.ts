import assert from "node:assert/strict";
import { test } from "node:test";
import { BusiestThread } from "./busiest-thread.ts";
import { threadTimes } from "./thread-times.ts";

/** What it says at each second of threads that each take a share of a core. */
function told(seconds: number, threads: Readonly<Record<string, (second: number) => number>>) {
  const busiest = new BusiestThread();
  const used = new Map(Object.keys(threads).map((name) => [name, 1e9]));
  return Array.from({ length: seconds }, (_, second) => {
    for (const [name, share] of Object.entries(threads))
      used.set(name, (used.get(name) ?? 0) + 1e9 * share(second));
    return busiest.minuteTo(new Map(used), second * 1_000);
  });
}

test("after a minute it tells what the busiest thread took, whatever the others do", () => {
  const found = told(100, { main: () => 0.9, other: () => 0.3 });
  assert.equal(found[50], undefined);
  assert.ok(found.slice(60).every((cores) => Math.abs((cores ?? 0) - 0.9) < 1e-9));
});

test("threads that take turns are no thread at its limit", () => {
  const found = told(130, {
    a: (s) => Number(s % 3 === 0),
    b: (s) => Number(s % 3 === 1),
    c: (s) => Number(s % 3 === 2),
  });
  assert.ok(Math.abs((found.at(-1) ?? 0) - 1 / 3) < 0.02, `${found.at(-1)}`);
});

test("a minute is the last one, and half of a busy one is half as much", () => {
  const found = told(200, { main: (second) => Number(second >= 70 && second < 100) });
  assert.equal(found[69], 0);
  assert.ok(Math.abs((found[110] ?? 0) - 0.5) < 1e-9);
  assert.equal(found[170], 0);
});

test("a thread that could not be seen at first does not bring what it used before", () => {
  const busiest = new BusiestThread();
  const others = [["main", 0]] as const;
  for (let second = 0; second <= 60; second++) {
    const late: readonly (readonly [string, number])[] = second < 30 ? [] : [["late", 50e9 + second * 1e8]];
    const cores = busiest.minuteTo(new Map([...others, ...late]), second * 1_000);
    if (second === 60) assert.ok(Math.abs((cores ?? 1) - 0.05) < 1e-9, `${cores}`);
  }
});

test("threads of this process are seen, and no more of them than asked for", {
  skip: process.platform !== "linux",
}, () => {
  assert.ok(threadTimes(process.pid).size > 2);
  assert.equal(threadTimes(process.pid, undefined, 2).size, 2);
  assert.equal(threadTimes(2 ** 22 + 1).size, 0);
});
