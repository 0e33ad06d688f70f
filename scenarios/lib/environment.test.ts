import assert from "node:assert/strict";
import { test } from "node:test";
import { planFromEnvironment, urlOf } from "./environment.ts";
import { peakOf } from "./plan.ts";
import { durationOf } from "./schedule.ts";

test("a script runs its full profile unless PROFILE says smoke", () => {
  assert.equal(planFromEnvironment("basic-load", {}).profile, "full");
  assert.equal(planFromEnvironment("basic-load", { PROFILE: "" }).profile, "full");
  assert.equal(planFromEnvironment("basic-load", { PROFILE: "smoke" }).profile, "smoke");
});

test("RATE, VUS and SECONDS are the plan's overrides; an empty one is none", () => {
  const plan = planFromEnvironment("basic-load", { PROFILE: "smoke", RATE: "200", VUS: "30", SECONDS: "50" });
  assert.deepEqual(plan.overrides, { rate: 200, vus: 30, seconds: 50 });
  assert.equal(peakOf(plan.load), 200);
  assert.equal(durationOf(plan.load), 50);
  assert.deepEqual(planFromEnvironment("stress", { RATE: "", VUS: "", SECONDS: "" }).overrides, {});
  assert.deepEqual(planFromEnvironment("basic-load", { RATE: "0" }).overrides, { rate: 0 });
});

for (const [scenario, env, message] of [
  [
    "stress",
    { PROFILE: "huge" },
    'PROFILE is "smoke" or "full", not "huge": k6 run -e PROFILE=smoke dist/stress.js',
  ],
  [
    "stress",
    { PROFILE: "Smoke" },
    'PROFILE is "smoke" or "full", not "Smoke": k6 run -e PROFILE=smoke dist/stress.js',
  ],
  ["basic-load", { RATE: "many" }, 'RATE is a whole number from 0 up, not "many": -e RATE=100'],
  ["basic-load", { RATE: "-1" }, 'RATE is a whole number from 0 up, not "-1": -e RATE=100'],
  ["basic-load", { RATE: "1.5" }, 'RATE is a whole number from 0 up, not "1.5": -e RATE=100'],
  ["basic-load", { RATE: "Infinity" }, 'RATE is a whole number from 0 up, not "Infinity": -e RATE=100'],
  ["basic-load", { RATE: " " }, 'RATE is a whole number from 0 up, not " ": -e RATE=100'],
  ["stress", { VUS: "0" }, 'VUS is a whole number from 1 up, not "0": -e VUS=100'],
  ["stress", { SECONDS: "0" }, 'SECONDS is a whole number from 1 up, not "0": -e SECONDS=100'],
  ["soap", {}, 'there is no plan for a scenario named "soap" in scenarios/plans.ts'],
  ["constructor", {}, 'there is no plan for a scenario named "constructor" in scenarios/plans.ts'],
] as const) {
  test(`${scenario} with ${JSON.stringify(env)} is refused in one line that says what to write`, () => {
    assert.throws(() => planFromEnvironment(scenario, env), { name: "Error", message });
  });
}

for (const [variant, url] of [
  ["full", "http://127.0.0.1:8080"],
  ["none", "http://127.0.0.1:8081"],
  ["validation", "http://127.0.0.1:8082"],
  ["logger", "http://127.0.0.1:8083"],
  ["tracing", "http://127.0.0.1:8084"],
  ["tracing-otlp", "http://127.0.0.1:8085"],
] as const) {
  test(`without an address, ${variant} is at ${url}`, () => {
    assert.equal(urlOf({}, variant), url);
    assert.equal(urlOf({ VARIANTS: "", BASE_URL: "" }, variant), url);
  });
}

test("BASE_URL serves every variant, without the slash at its end", () => {
  assert.equal(urlOf({ BASE_URL: "http://10.0.0.1:9000//" }, "full"), "http://10.0.0.1:9000");
  assert.equal(urlOf({ BASE_URL: "http://10.0.0.1:9000/rpc/" }, "external"), "http://10.0.0.1:9000/rpc");
});

test("VARIANTS names each address, and goes before BASE_URL", () => {
  const env = { VARIANTS: "none=http://a:1/,full=http://b:2/x?y=z", BASE_URL: "http://c:3" };
  assert.equal(urlOf(env, "none"), "http://a:1");
  assert.equal(urlOf(env, "full"), "http://b:2/x?y=z");
});

test("a variant without an address is refused in one line that says what to write", () => {
  assert.throws(() => urlOf({ VARIANTS: "none=http://a:1" }, "full"), {
    message: 'VARIANTS has no URL for variant "full": -e VARIANTS=full=http://127.0.0.1:8080,...',
  });
  assert.throws(() => urlOf({}, "mine"), {
    message: 'the connector has no variant "mine"; use -e VARIANTS=mine=URL',
  });
});

for (const env of [{ VARIANTS: "full=" }, { VARIANTS: "full" }]) {
  test(`${JSON.stringify(env)} has no address and is refused before any load`, () => {
    assert.throws(() => urlOf(env, "full"), /VARIANTS has no URL for variant "full"/);
  });
}
