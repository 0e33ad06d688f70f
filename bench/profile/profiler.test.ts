import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PROFILE_FOLDER } from "../results/profiled.ts";
import type { Run } from "../results/run-schema.ts";
import { firstLine, startNode } from "../run/testing/processes.ts";
import { requests, windowAt } from "../windows/testing/windows.ts";
import { Profiler } from "./profiler.ts";
import type { Stretches } from "./stretches.ts";

/** A first snapshot, half a second with the sampler, a second one. */
const SHORT: Stretches = { firstSnapshotAt: 0, plainFrom: 5, profileFrom: 5, profileTo: 5.5 };

/** A process under a profiler, in a run that has begun; `heard` is called with all that is said. */
async function profiled(
  t: TestContext,
  stretches: Stretches,
  heard: (line: string) => void,
  interrupted = () => false,
) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-profiler-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const child = startNode(
    t,
    `setInterval(() => { for (const end = Date.now() + 5; Date.now() < end; ); }, 10);
    require("node:inspector").open(0, "127.0.0.1");
    console.log(require("node:inspector").url());`,
  );
  writeFileSync(join(folder, "target.log"), `Debugger listening on ${await firstLine(child.stdout)}\n`);
  const profiler = new Profiler({ stretches, heap: true, interrupted, folder: () => folder });
  const target = { kind: "command", name: "one", url: "http://127.0.0.1:1", pid: child.pid };
  const givenUp = Promise.withResolvers<void>();
  profiler.begin({ target } as Run, heard, givenUp.resolve);
  profiler.window(windowAt(0, requests(10, 1, {}), { from: new Date().toISOString() }));
  const file = (n: number) => join(folder, PROFILE_FOLDER, `one-${n}.heapsnapshot`);
  return { child, profiler, givenUp: givenUp.promise, file };
}

test("a second snapshot that is under way when the load ends is brought to its end", async (t) => {
  const begun = Promise.withResolvers<void>();
  const { profiler, file } = await profiled(t, SHORT, (line) => {
    if (line.startsWith("heap snapshot 2")) begun.resolve();
  });
  await begun.promise;
  await profiler.afterLoad();
  const what = await profiler.end();
  assert.deepEqual([what?.heapFiles.length, what?.heapTrouble], [2, undefined]);
  assert.ok(existsSync(file(1)) && existsSync(file(2)));
});

test("a process that goes in the middle of a snapshot costs the snapshot, not the profile", async (t) => {
  const begun = Promise.withResolvers<void>();
  const { child, profiler, file } = await profiled(t, SHORT, (line) => {
    if (line.startsWith("heap snapshot 2")) begun.resolve();
  });
  await begun.promise;
  child.kill("SIGKILL");
  const what = await profiler.end();
  assert.ok((what?.profile.samples.length ?? 0) > 0, "there is a profile");
  assert.match(what?.heapTrouble ?? "", /^no heap snapshot 2: HeapProfiler\.\w+: the process is gone$/);
  assert.deepEqual([existsSync(file(1)), existsSync(file(2))], [true, false]);
});

test("a first snapshot that Ctrl-C breaks is interrupted: said once, nothing left of it", async (t) => {
  const begun = Promise.withResolvers<void>();
  const said: string[] = [];
  let interrupted = false;
  const heard = (line: string) => {
    said.push(line);
    begun.resolve();
  };
  const { child, profiler, file } = await profiled(t, SHORT, heard, () => interrupted);
  await begun.promise;
  interrupted = true;
  child.kill("SIGKILL");
  assert.equal(await profiler.end(), undefined);
  assert.deepEqual(said.slice(1), ["no heap snapshot 1: interrupted"]);
  assert.equal(existsSync(file(1)), false);
});

test("a process that the target does not have is told with those it has, before any load", () => {
  const of = (member: string, members?: Run["target"]["members"]) => () =>
    new Profiler({ stretches: SHORT, heap: true, member, interrupted: () => false, folder: () => "" }).check({
      target: { name: "one", members },
    } as Run);
  const one = { pid: 1, cpuCores: null, rssBytes: null, heapBytes: null, eventLoopDelayMs: null };
  assert.throws(of("zed", { alice: one, bob: one }), {
    code: "USAGE",
    message: "the target has no process zed: it has alice, bob",
  });
  assert.throws(of("zed"), { code: "USAGE", message: /zed: it is a single one, leave --member out$/ });
  of("bob", { alice: one, bob: one })();
});

test("a first snapshot that leaves nothing to sample ends the load, and is told", async (t) => {
  const { profiler, givenUp } = await profiled(t, { ...SHORT, plainFrom: 0, profileTo: 1 }, () => {});
  await givenUp;
  await assert.rejects(profiler.end(), {
    code: "NO_DATA",
    message: /^the heap snapshot took \d+ s and left too little of the load to sample: --no-heap, or /,
  });
});
