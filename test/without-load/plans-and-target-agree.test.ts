/** scenarios/plans.ts says again what the connector says of itself, since k6 cannot read the target's code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CONNECTOR_VARIANTS, FULL_CHAIN, SCENARIOS } from "../../scenarios/plans.ts";
import { DEFAULT_CHAIN, fullChain, VARIANTS } from "../../targets/connector/variants.ts";

test("the plans know every variant of the connector, in the order of its port", () => {
  assert.deepEqual([...CONNECTOR_VARIANTS], [...VARIANTS]);
});

test("the plans know the full chain as it is by default", () => {
  assert.deepEqual([...FULL_CHAIN], fullChain(DEFAULT_CHAIN));
});

test("the first ports are those that DESIGN.md promises", () => {
  assert.deepEqual(VARIANTS.slice(0, 6), ["full", "none", "validation", "logger", "tracing", "tracing-otlp"]);
});

test("every variant a scenario calls is one that the connector has", () => {
  for (const { name, target, variant, blocks } of Object.values(SCENARIOS)) {
    if (target !== "connector") continue;
    for (const called of [variant, ...(blocks?.variants ?? [])]) {
      assert.ok((VARIANTS as readonly string[]).includes(called), `${name} calls ${called}`);
    }
  }
});
