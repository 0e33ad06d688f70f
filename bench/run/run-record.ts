/** The run.json of a run, as it begins and as it ends. */
import type { Plan } from "../../scenarios/lib/plan.ts";
import { about, gatesIn, quarantined } from "../flakes/flakes.ts";
import { type Entry, subjectOf } from "../history/entry.ts";
import { KEPT } from "../history/store.ts";
import { hostOf } from "../host/host.ts";
import type { Evidence } from "../judge/evidence.ts";
import { judge } from "../judge/judge.ts";
import { RUN_SCHEMA, type Run } from "../results/run-schema.ts";
import type { RunFolder } from "../results/store.ts";
import type { Books } from "./books.ts";
import type { Target } from "./target.ts";

/** What a load left. */
export interface Loaded {
  readonly evidence: Evidence;
  readonly died: Run["target"]["died"];
  readonly interruptedAfterSeconds: number | undefined;
  readonly k6Error: string | undefined;
  readonly k6ExitCode: number | null;
  readonly complaints: readonly string[];
}

/** Of a process that nothing is known of yet. */
const UNSEEN = { cpuCores: null, rssBytes: null, heapBytes: null, eventLoopDelayMs: null };

/** A run as it begins: what is known before the first request. */
export function emptyRun(of: {
  plan: Plan;
  folder: RunFolder;
  startedAt: Date;
  target: Target;
  variants: Readonly<Record<string, string>> | undefined;
  env: Readonly<Record<string, string>> | undefined;
  versions: Run["versions"];
  commit: Run["commit"];
}): Run {
  const { plan, target } = of;
  return {
    schema: RUN_SCHEMA,
    run: of.folder.id,
    scenario: plan.scenario,
    profile: plan.profile,
    state: "running",
    verdict: null,
    exitCode: null,
    reasons: [],
    sla: [],
    findings: {},
    series: [],
    phases: [],
    generator: {
      healthy: true,
      reasons: [],
      dropped: { count: 0, byTarget: 0, blame: "none" },
      pacingLagP99Ms: null,
      k6CpuCores: null,
      k6RssBytes: null,
      benchCpuCores: null,
      benchLoopDelayP99Ms: null,
      otherCpuCores: null,
      stolenCpuCores: null,
      lateSamples: 0,
      overflowSamples: 0,
      k6ExitCode: null,
    },
    target: {
      kind: target.kind,
      name: target.name,
      url: target.url,
      ...(of.variants && { variants: { ...of.variants } }),
      command: target.command,
      pid: target.pid ?? null,
      ...UNSEEN,
      ...(Object.keys(target.members).length > 0 && {
        members: Object.fromEntries(
          Object.entries(target.members).map(([name, { pid }]) => [name, { pid, ...UNSEEN }]),
        ),
      }),
      readySeconds: target.readySeconds ?? null,
      requestsServed: null,
      died: null,
    },
    host: hostOf(),
    versions: of.versions,
    commit: of.commit,
    startedAt: of.startedAt.toISOString(),
    endedAt: null,
    // By name only: one may be a token.
    plan: { ...plan, ...(of.env && { env: Object.keys(of.env) }) },
  };
}

/** What came before a run and weighs in its verdict. */
export interface Before {
  /** Earlier runs of the scenario in its profile: gates that are flaky there do not gate. */
  readonly history?: readonly Entry[];
  /** The run that failed just before and is repeated. */
  readonly retryOf?: Run;
}

/** The same when it is over: measured and judged. */
export function finishedRun(
  run: Run,
  loaded: Loaded,
  target: Target,
  served: Books,
  { history = [], retryOf }: Before = {},
): Run {
  const { evidence, died, k6ExitCode, k6Error, interruptedAfterSeconds } = loaded;
  const judgement = judge(evidence, {
    cores: run.host.cores,
    k6ExitCode,
    died,
    bundled: target.kind === "bundled",
    targetVisible: target.pid !== undefined,
    books: served,
    ...(target.readySeconds !== undefined && { readySeconds: target.readySeconds }),
    ...(k6Error !== undefined && { k6Error }),
    ...(interruptedAfterSeconds !== undefined && { interruptedAfterSeconds }),
    quarantine: quarantined(
      gatesIn(about(subjectOf(run), history), { nowMs: Date.parse(run.startedAt), days: KEPT.days }),
    ),
    ...(retryOf?.verdict && {
      retryOf: { run: retryOf.run, verdict: retryOf.verdict, reasons: retryOf.reasons },
    }),
  });
  return {
    ...run,
    ...judgement,
    generator: { ...judgement.generator, complaints: [...loaded.complaints] },
    state: interruptedAfterSeconds === undefined ? "complete" : "interrupted",
    series: evidence.fold.summaries() as Run["series"],
    phases: evidence.phases.map(({ phase, fromMs, toMs }) => ({
      phase,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    })),
    target: {
      ...run.target,
      requestsServed: served.requests ?? null,
      died,
      ...(Object.keys(target.members).length > 0 && { members: membersOf(target, evidence) }),
      cpuCores: evidence.spread(({ target: it }) => it?.cpuCores),
      rssBytes: evidence.spread(({ target: it }) => it?.rssBytes),
      heapBytes: evidence.spread(({ target: it }) => it?.heapBytes),
      eventLoopDelayMs: evidence.spread(({ target: it }) => it?.eventLoopDelayMs),
    },
    endedAt: new Date().toISOString(),
  };
}

/** What each process of a target used. */
function membersOf({ members }: Target, evidence: Evidence): NonNullable<Run["target"]["members"]> {
  return Object.fromEntries(
    Object.entries(members).map(([name, { pid }]) => {
      const spread = (key: "cpuCores" | "rssBytes" | "heapBytes" | "eventLoopDelayMs") =>
        evidence.spread(({ target }) => target?.members?.[name]?.[key]);
      return [
        name,
        {
          pid,
          cpuCores: spread("cpuCores"),
          rssBytes: spread("rssBytes"),
          heapBytes: spread("heapBytes"),
          eventLoopDelayMs: spread("eventLoopDelayMs"),
        },
      ];
    }),
  );
}
