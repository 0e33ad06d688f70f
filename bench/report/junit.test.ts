import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import type { Run, SlaState } from "../results/run-schema.ts";
import { report } from "./report.ts";
import { emptySample, sample } from "./testing/sample.ts";

const basic = sample("basic-load", { seconds: 6 });

async function junitOf(run: Run): Promise<string> {
  const files = await report({ run, windows: [], resources: [] });
  return files.find(({ path }) => path === "junit.xml")?.content as string;
}

function withStates(...states: readonly SlaState[]): Run {
  const row = basic.run.sla[0] as Run["sla"][number];
  return {
    ...basic.run,
    sla: states.map((state, i) => ({
      ...row,
      id: `${i}`,
      title: `row ${state}`,
      state,
      note: `why ${state}`,
    })),
  };
}

test("a row in quarantine is skipped, and says why", async () => {
  const [row] = withStates("fail").sla;
  const xml = await junitOf({
    ...withStates(),
    sla: [{ ...(row as Run["sla"][number]), quarantine: { flips: 3, runs: 12 } }],
  });
  assertXml(xml);
  assert.match(xml, / tests="3" failures="0" errors="0" skipped="1"/);
  assert.match(xml, /name="P0 row fail">\s*<skipped\/>\s*<system-out><!\[CDATA\[fail: .*3 flips in 12 runs/);
});

test("a fail whose retry measured nothing is a failure of a case of its own", async () => {
  const reason = "the-first was fail; it stands, because its retry measured nothing";
  const xml = await junitOf({
    ...withStates("not-applicable"),
    verdict: "fail",
    reasons: [reason],
    retryOf: { run: "the-first", verdict: "fail", reasons: [], ownVerdict: "invalid" },
  });
  assertXml(xml);
  assert.match(xml, new RegExp(`name="held when it was first run">\\s*<failure message="${reason}"`));
});

test("a retry that held is no pass: a property says flaky, and a case of its own is skipped", async () => {
  const reason = "flaky: the-first was fail, and its retry pass";
  const xml = await junitOf({
    ...basic.run,
    verdict: "warn",
    reasons: [reason],
    retryOf: { run: "the-first", verdict: "fail", reasons: [], ownVerdict: "pass" },
  });
  assertXml(xml);
  for (const [name, value] of [
    ["verdict", "flaky"],
    ["retryOf", "the-first"],
    ["retryOf.verdict", "fail"],
  ] as const)
    assert.ok(xml.includes(`<property name="${name}" value="${value}"/>`), name);
  assert.match(
    xml,
    new RegExp(`name="held without a retry">\\s*<skipped/>\\s*<system-out><!\\[CDATA\\[${reason}`),
  );
});

/** A second parser's word that it is XML: resvg's takes nothing that is not well-formed. */
function assertXml(xml: string): void {
  const body = xml.replace(/^<\?xml[^>]*\?>/, "");
  new Resvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><metadata>${body}</metadata></svg>`,
  );
}

test("one case a row, one for the generator, one for the target; the counts add up", async () => {
  const xml = await junitOf(withStates("pass", "warn", "fail", "no-data", "not-applicable"));
  assertXml(xml);
  assert.match(
    xml,
    /<testsuite name="20261121T100000Z-basic-load-smoke"[^>]* tests="7" failures="1" errors="1" skipped="1"/,
  );
  assert.match(xml, /name="P0 row warn">\s*<system-out><!\[CDATA\[warn: /);
  assert.match(xml, /name="P0 row fail">\s*<failure message="[^"]*limit &lt; 50 ms \(why fail\)" type="sla"/);
  assert.match(xml, /name="P0 row no-data">\s*<error message="no data: latency\{phase:hold\} p50/);
  assert.match(
    xml,
    /name="P0 row not-applicable">\s*<skipped\/>\s*<system-out><!\[CDATA\[not applicable: why/,
  );
  assert.match(xml, /name="P0 row pass"\/>/);
});

test("a sick generator is an error, a dead target a failure with its last words", async () => {
  const { run } = basic;
  const xml = await junitOf({
    ...run,
    sla: [],
    generator: { ...run.generator, healthy: false, reasons: ["too few VUs"] },
    target: {
      ...run.target,
      died: { exitCode: 1, signal: null, atSeconds: 5.25, lastLog: ["a ]]> b", "\u001b[31mc"] },
    },
  });
  assertXml(xml);
  assert.match(xml, /name="load generator is healthy">\s*<error message="too few VUs" type="invalid"/);
  assert.match(
    xml,
    /name="target stays alive">\s*<failure message="died after 5.3 s, exit code 1, signal none" type="died"/,
  );
  assert.ok(!xml.includes("\u001b"));
});

test("a run without an end is an error, a server of somebody else is not asked whether it lives", async () => {
  const xml = await junitOf(emptySample("stress").run);
  assertXml(xml);
  assert.match(xml, /name="the run ended">\s*<error message="state running, no verdict" type="incomplete"/);
  assert.match(xml, /name="target stays alive">\s*<skipped\/>/);
});
