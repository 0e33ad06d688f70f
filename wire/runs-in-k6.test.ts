/** The real k6 reads and writes the same bytes as Node does: its VM has no Buffer, and bigints of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { agreement } from "./testing/agrees.ts";
import { runInK6 } from "./testing/k6.ts";

test("every reader and writer gives the same in k6 as in Node", async () => {
  const inNode = agreement();
  assert.match(
    inNode["prepare, read"]!,
    /^4294967295 9223372036854788153 Infinity 1798761599987 test\.connector/,
  );
  assert.equal(inNode["reject, read"], "T04 g.a no röute → 𝄞 \ufffd!");
  assert.equal(inNode["auth, read"], '{"token":"tök"}');
  assert.equal(inNode["packet id"], "AAcOFRwjKjE4P0ZN");
  assert.ok(!inNode.cut!.includes("read"));
  assert.deepEqual(await runInK6("agrees.ts"), inNode);
});
