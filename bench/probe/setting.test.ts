import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { NETWORKS, NODE_FILE } from "./probe.ts";
import { withKeys } from "./setting.ts";

const BUNDLED = readFileSync(join(NETWORKS, NODE_FILE), "utf8");

test("keys are changed, made where they were not, and all else stays, comments too", () => {
  const text = withKeys(BUNDLED, { "ledger.maxDelayMs": 5, "telemetry.hub": "off" });
  const expected = parse(BUNDLED) as { ledger: object };
  assert.deepEqual(parse(text), {
    ...expected,
    ledger: { ...expected.ledger, maxDelayMs: 5 },
    telemetry: { hub: "off" },
  });
  assert.ok(text.includes("# The load generator dials in as alice"));
});

test("without keys nothing is changed", () => {
  assert.deepEqual(parse(withKeys(BUNDLED, {})), parse(BUNDLED));
});
