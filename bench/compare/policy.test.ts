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

test("by default 5 % is noise, latency fails at +50 %, throughput at -50 %, right answers at -5 %, memory never", () => {
  assert.deepEqual(DEFAULT_POLICY, {
    significance: 0.05,
    noise: 5,
    latency: { warn: 20, fail: 50 },
    throughput: { warn: 20, fail: 50 },
    success: { noise: 0.1, warn: 1, fail: 5 },
    memory: { warn: 30 },
    cpu: {},
  });
});

test("a policy replaces what it names, a limit at a time, and null switches a limit off", (t) => {
  for (const [content, change] of [
    ["latency: { warn: 10 }\n", { latency: { warn: 10, fail: 50 } }],
    ["latency: { fail: null }\n", { latency: { warn: 20 } }],
    ["success: { noise: null }\nnoise: 3\n", { noise: 3, success: { warn: 1, fail: 5 } }],
    ["cpu: { fail: 40, noise: 8 }\n", { cpu: { fail: 40, noise: 8 } }],
  ] as const)
    assert.deepEqual(readPolicy(file(t, content)), { ...DEFAULT_POLICY, ...change }, content);
  assert.deepEqual(readPolicy(file(t, "# nothing\n")), DEFAULT_POLICY);
});

for (const [what, content, says] of [
  [
    "a slip of the keyboard",
    "latncy: { fail: 10 }\n",
    /is not a policy: it knows no "latncy", only significance, noise, latency, /,
  ],
  ["a slip in a family", "latency: { fial: 10 }\n", /: it knows no "latency\.fial", only noise, warn, fail$/],
  [
    "a warning that a failure hides",
    "cpu: { warn: 30, fail: 25 }\n",
    /: cpu warns at 30 % and fails at 25 %/,
  ],
  ["one that the default hides", "latency: { warn: 60 }\n", /: latency warns at 60 % and fails at 50 %/],
  ["a limit that is text", "latency: { fail: much }\n", /is not a policy: latency\.fail: /],
  ["a limit that is negative", "memory: { warn: -5 }\n", /is not a policy: memory\.warn: /],
  ["a significance that is none", "significance: 5\n", /is not a policy: significance: /],
  ["a noise that is none", "noise: null\n", /is not a policy: noise: /],
  ["what is not YAML", "latency: [\n", /cannot be read as a policy: /],
  ["a list", "- 1\n", /is not a policy: Invalid input: expected object/],
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
