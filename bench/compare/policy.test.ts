import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DEFAULT_POLICY, readPolicy } from "./policy.ts";

function file(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-policy-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "policy.yaml");
  writeFileSync(path, content);
  return path;
}

test("by default 5 % is noise, latency fails at +50 %, throughput at -50 %, memory never", () => {
  assert.deepEqual(DEFAULT_POLICY, {
    significance: 0.05,
    noise: 5,
    latency: { warn: 20, fail: 50 },
    throughput: { warn: 20, fail: 50 },
    memory: { warn: 30 },
    cpu: {},
  });
});

test("a policy replaces what it names, a family whole", (t) => {
  assert.deepEqual(readPolicy(file(t, "latency: { fail: 10 }\n")), {
    ...DEFAULT_POLICY,
    latency: { fail: 10 },
  });
  assert.deepEqual(readPolicy(file(t, "# nothing\n")), DEFAULT_POLICY);
});

for (const [what, content, says] of [
  ["a slip of the keyboard", "latncy: { fail: 10 }\n", /is not a policy: it: .*latncy/],
  ["a limit that is text", "latency: { fail: much }\n", /is not a policy: latency\.fail: /],
  ["a limit that is negative", "memory: { warn: -5 }\n", /is not a policy: memory\.warn: /],
  ["a significance that is none", "significance: 5\n", /is not a policy: significance: /],
  ["what is not YAML", "latency: [\n", /cannot be read as a policy: /],
  ["a list", "- 1\n", /is not a policy: it: /],
] as const) {
  test(`${what} is refused in one line`, (t) => {
    assert.throws(
      () => readPolicy(file(t, content)),
      ({ code, message }: { code: string; message: string }) => {
        assert.equal(code, "USAGE");
        assert.match(message, says);
        assert.doesNotMatch(message, /\n/);
        return true;
      },
    );
  });
}

test("a policy that is not there is refused", () => {
  assert.throws(() => readPolicy("/no/such/policy.yaml"), { code: "USAGE", message: /ENOENT/ });
});
