import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

/** How often a process collects everything while each of its objects, which all grow old, is replaced sixty times. */
function collections(quiet: boolean): number {
  const script = `
    import { PerformanceObserver } from "node:perf_hooks";
    import { quietHeap } from ${JSON.stringify(join(import.meta.dirname, "quiet-heap.ts"))};
    ${quiet ? "quietHeap();" : ""}
    let major = 0;
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === 4) major++;
    }).observe({ entryTypes: ["gc"] });
    const lives = Array.from({ length: 200_000 }, (_, i) => ({ i, text: "text " + i }));
    for (let n = 0; n < 12_000_000; n++) lives[n % lives.length] = { i: n, text: "text " + n };
    // The last collections are told in one of the next turns.
    const told = (turns) => (turns > 0 ? setImmediate(told, turns - 1) : console.log(major));
    told(5);`;
  const flags = ["--input-type=module-typescript", "-e", script];
  return Number(execFileSync(process.execPath, flags, { encoding: "utf8" }));
}

test("objects that grow old and are replaced make a quiet heap collect everything a fraction as often", () => {
  const [usual, quiet] = [collections(false), collections(true)];
  assert.ok(usual >= 4, `${usual} collections without it`);
  assert.ok(quiet < usual / 2, `${quiet} of ${usual}`);
});
