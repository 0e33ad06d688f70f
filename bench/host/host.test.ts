import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { hostOf } from "./host.ts";
import { versionsOf } from "./versions.ts";

test("the machine is told as a person would look for it, and always the same", () => {
  const host = hostOf();
  assert.ok(host.os.startsWith(process.platform));
  assert.equal(host.arch, process.arch);
  assert.ok(host.cpu !== "");
  assert.ok(host.cores >= 1);
  assert.equal(host.memoryBytes % 2 ** 28, 0);
  assert.match(host.fingerprint, /^[0-9a-f]{12}$/);
  assert.deepEqual(hostOf(), host);
});

/** A k6 that prints this for its version. */
function pretendK6(t: TestContext, script: string): void {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-k6-"));
  const before = process.env.K6_BIN;
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
    if (before === undefined) delete process.env.K6_BIN;
    else process.env.K6_BIN = before;
  });
  process.env.K6_BIN = join(folder, "k6");
  writeFileSync(process.env.K6_BIN, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

for (const [script, version] of [
  ["echo 'k6 v2.1.0 (go1.25.1, linux/amd64)'", "v2.1.0"],
  ["echo 'k6 v2.2.0-rc.1+dirty (commit/abc)'", "v2.2.0-rc.1+dirty"],
  ["echo 'k6 devel'; echo more", "k6 devel"],
  ["exit 1", "unknown"],
] as const) {
  test(`a k6 that says ${JSON.stringify(script)} is ${version}`, async (t) => {
    pretendK6(t, script);
    const { k6, node, plimsoll } = await versionsOf();
    assert.equal(k6, version);
    assert.equal(node, process.version);
    assert.match(plimsoll, /^\d+\.\d+\.\d+/);
  });
}
