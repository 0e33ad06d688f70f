import { quarantineText } from "../flakes/flakes.ts";
import { bytes, count, duration, limitInUnit, measuredBeside, moment, opSign, percent } from "../format.ts";
import { firstStands, isFlaky } from "../results/is-flaky.ts";
import type { Run } from "../results/run-schema.ts";
import type { Charts } from "./charts/charts.ts";
import {
  type Document,
  type Fact,
  NONE,
  type SlaWords,
  type VerdictState,
  type VerdictWords,
} from "./document.ts";
import { repeatCommand, turned } from "./repeat.ts";
import type { Scope } from "./scope.ts";
import { sectionsOf } from "./sections.ts";
import type { Timeline } from "./timeline.ts";

/** What there is to say about a run: the head of its report, and the sections below. */
export function documentOf(run: Run, timeline: Timeline, scope: Scope, charts: Charts): Document {
  return {
    title: [run.scenario, run.profile, turned(run).join(" ")].filter((part) => part !== "").join(" · "),
    verdict: verdictOf(run),
    reasons: run.reasons,
    notices: noticesOf(run, timeline),
    facts: factsOf(run, timeline),
    command: repeatCommand(run),
    sla: run.sla.map(slaWords),
    sections: sectionsOf(run, timeline, scope, charts),
  };
}

const VERDICT_WORDS: Readonly<Record<VerdictState, readonly [word: string, sentence: string]>> = {
  pass: ["Pass", "Every limit of the SLA was held."],
  warn: ["Warn", "A limit of second priority was crossed by at most 20 %; all of first priority were held."],
  fail: ["Fail", "A limit of the SLA was crossed."],
  "no-data": ["No data", "A metric that the SLA names has no samples, so nothing is said about the target."],
  invalid: [
    "Invalid",
    "The load generator was the limit, not the target, so nothing is said about the target.",
  ],
  incomplete: ["Incomplete", "The run has no verdict."],
};

function verdictOf(run: Run): VerdictWords {
  const state = run.verdict ?? "incomplete";
  if (isFlaky(run)) return { state, word: "Flaky", sentence: "It held only when it was run again." };
  const [word, sentence] = VERDICT_WORDS[state];
  return { state, word, sentence: causeOf(run) ?? sentence };
}

/** Where the verdict alone would say the wrong thing about what happened. */
function causeOf(run: Run): string | undefined {
  const { verdict, state, target, generator, sla, exitCode } = run;
  if (firstStands(run)) return "It failed, and its retry measured nothing.";
  if (verdict === "fail" && target.died) return "The target ended before the load did.";
  if (verdict === "fail" && generator.dropped.blame === "target") return "The target stalled.";
  if (verdict === "no-data" && sla.some((row) => row.state === "no-data" && row.note !== undefined))
    return "The run was too short to decide a limit of the SLA.";
  if (verdict === "invalid" && state === "interrupted")
    return "The run was interrupted; part of a run is not judged.";
  if (verdict === "invalid" && exitCode === 1)
    return "The load generator failed, so nothing is said about the target.";
  return undefined;
}

function noticesOf(run: Run, timeline: Timeline): string[] {
  const notices: string[] = [];
  if (run.retryOf) {
    const { run: first, verdict, ownVerdict } = run.retryOf;
    notices.push(`A retry of ${first}, which was ${verdict}; this one by itself: ${ownVerdict}.`);
  }
  if (run.state === "running")
    notices.push(
      "This run never ended by itself: either it still goes on or it was killed. What was written until then is shown.",
    );
  if (run.state === "interrupted")
    notices.push("This run was interrupted. What was measured until then is shown.");
  for (const complaint of run.generator.complaints ?? []) notices.push(`k6: ${complaint}`);
  if (timeline.windows === 0)
    notices.push("There are no windows: k6 measured nothing, so the charts of requests are empty.");
  else if (timeline.windows === 1)
    notices.push("There is one window only: charts over time are single dots.");
  if (timeline.resources.length === 0) notices.push("There are no resource samples.");
  if (run.sla.length === 0) notices.push("No SLA was judged.");
  return notices;
}

function factsOf(run: Run, timeline: Timeline): Fact[] {
  const requests = timeline.points.reduce((sum, point) => sum + point.requests, 0);
  const failed = timeline.points.reduce((sum, point) => sum + point.failed, 0);
  const seconds =
    run.endedAt === null ? undefined : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const { target, commit } = run;
  const pid = target.pid === null ? "" : `, pid ${target.pid}`;
  return [
    { label: "Target", value: `${target.name} (${TARGET_KINDS[target.kind]}${pid})` },
    { label: "Address", value: target.url, code: true },
    { label: "Started", value: moment(run.startedAt) },
    { label: "Took", value: seconds === undefined ? NONE : duration(seconds) },
    { label: "Requests", value: requestsText(requests, failed) },
    {
      label: "Served, says the target",
      value: target.requestsServed === null ? "it does not say" : count(target.requestsServed),
    },
    {
      label: "Commit",
      value: commit ? `${commit.sha.slice(0, 12)}${commit.dirty ? ", with changes" : ""}` : NONE,
      code: commit !== null,
    },
    { label: "Host", value: `${run.host.cpu}, ${run.host.cores} cores, ${bytes(run.host.memoryBytes)}` },
    { label: "Run", value: run.run, code: true },
    { label: "Exit code", value: run.exitCode === null ? NONE : String(run.exitCode) },
  ];
}

function requestsText(requests: number, failed: number): string {
  if (requests === 0) return "none";
  if (failed === 0) return `${count(requests)}, none failed`;
  return `${count(requests)}, ${count(failed)} failed (${percent((100 * failed) / requests)})`;
}

const TARGET_KINDS = { bundled: "bundled", command: "started by a command", url: "already there" } as const;

function slaWords(row: Run["sla"][number]): SlaWords {
  const { id, title, priority, metric, tags, stat, op, limit, unit, value, state, note, quarantine } = row;
  return {
    id,
    title,
    source: `${metric}${selector(tags)} ${stat}`,
    priority,
    measured: value === null ? NONE : measuredBeside(value, limit, unit),
    limit: `${opSign(op)} ${limitInUnit(limit, unit)}`,
    state: quarantine ? "quarantined" : state,
    note: [note, quarantine && quarantineText(quarantine)].filter((it) => it !== undefined).join("; "),
  };
}

function selector(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
