/** Whole runs as `plimsoll run` leaves them, made by hand. */
import { judge } from "../../judge/judge.ts";
import { type Change, evidenceOf, planned, WELL } from "../../judge/testing/evidence.ts";
import { START_MS } from "../../windows/testing/windows.ts";
import { RUN_SCHEMA, type Run } from "../run-schema.ts";

/** The run.json of a scenario's smoke profile that went as planned, except for what `change` says. */
export function wholeRun(scenario = "basic-load", change?: Change): Run {
  const plan = planned(scenario);
  const evidence = evidenceOf(plan, change);
  return {
    schema: RUN_SCHEMA,
    run: `20261121T100000Z-${scenario}-smoke`,
    scenario,
    profile: "smoke",
    state: "complete",
    ...judge(evidence, WELL),
    series: evidence.fold.summaries() as Run["series"],
    phases: evidence.phases.map(({ phase, fromMs, toMs }) => ({
      phase,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    })),
    target: {
      kind: "bundled",
      name: "connector",
      url: "http://127.0.0.1:8080",
      command: "node targets/connector/main.ts",
      pid: 4_711,
      cpuCores: evidence.spread(({ target }) => target?.cpuCores),
      rssBytes: evidence.spread(({ target }) => target?.rssBytes),
      heapBytes: null,
      eventLoopDelayMs: null,
      requestsServed: 20_000,
      died: null,
    },
    host: {
      os: "linux 6.1",
      arch: "x64",
      cpu: "test",
      cores: 4,
      memoryBytes: 8e9,
      fingerprint: "0123456789ab",
    },
    versions: { plimsoll: "0.1.0", node: "v24.0.0", k6: "v2.0.0" },
    commit: { sha: "0".repeat(40), dirty: false },
    startedAt: new Date(START_MS).toISOString(),
    endedAt: new Date(START_MS + 27_000).toISOString(),
    plan: { ...plan },
  };
}
