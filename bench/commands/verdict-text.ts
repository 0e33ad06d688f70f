import { stripVTControlCharacters, styleText } from "node:util";
import {
  count,
  duration,
  latency,
  limitInUnit,
  measuredBeside,
  opSign,
  percent,
  rate,
  significant,
} from "../format.ts";
import { booksSentences } from "../report/books-sentences.ts";
import { forwardingSentences } from "../report/forwarding-sentences.ts";
import { turned } from "../report/repeat.ts";
import { isFlaky } from "../results/is-flaky.ts";
import type { Run, SlaResult, SlaState, Verdict } from "../results/run-schema.ts";
import { plainTable } from "./plain-table.ts";

const MARK: Readonly<Record<SlaState | "quarantined", string>> = {
  pass: styleText("green", "✓ pass"),
  warn: styleText("yellow", "! warn"),
  fail: styleText("red", "✗ fail"),
  "no-data": styleText("red", "? no data"),
  "not-applicable": styleText("dim", "- not judged"),
  quarantined: styleText("yellow", "~ fail, quarantined"),
};

const COLOUR: Readonly<Record<Verdict, Parameters<typeof styleText>[0]>> = {
  pass: ["green", "bold"],
  warn: ["yellow", "bold"],
  fail: ["red", "bold"],
  "no-data": ["magenta", "bold"],
  invalid: ["magenta", "bold"],
};

/** What a person reads when a run is over: the SLA table, what was found, the verdict and where the report is. */
export function verdictText(run: Run, reportPath: string): string {
  return [
    "",
    slaTable(
      run.sla.filter(({ watched, state }) => !watched || (state !== "pass" && state !== "not-applicable")),
    ),
    ...findings(run),
    "",
    `  ${verdictLine(run)}, exit code ${run.exitCode}`,
    ...run.reasons.map((reason) => `  ${reason}`),
    ...(run.generator.complaints ?? []).map((line) => quoted("k6", line)),
    ...(run.target.died?.lastLog.slice(-3).map((line) => quoted("target", line)) ?? []),
    "",
    `  ${reportPath}`,
    "",
  ].join("\n");
}

/** A retry is told with both verdicts; one that held is no pass. */
function verdictLine(run: Run): string {
  const { verdict, scenario, profile, retryOf } = run;
  const state = verdict ?? "invalid";
  const word = styleText(COLOUR[state], (isFlaky(run) ? "flaky" : state).toUpperCase());
  const both = retryOf ? `: ${retryOf.verdict}, on retry ${retryOf.ownVerdict}` : "";
  const flags = turned(run);
  const how = flags.length > 0 ? ` with ${flags.join(" ")}` : "";
  return `${word}  ${scenario} ${profile}${how}${both}`;
}

/** A line of another program's: one line, without what could steer a terminal. */
function quoted(who: string, line: string): string {
  const safe = stripVTControlCharacters(line).replace(/\p{Cc}/gu, " ");
  return styleText("dim", `  ${who}: ${safe.slice(0, 200)}`);
}

function slaTable(rows: readonly SlaResult[]): string {
  const table = plainTable(["", "SLA", "measured", "limit", ""], ["left", "left", "right", "left", "left"]);
  for (const { priority, title, value, op, limit, unit, state, quarantine } of rows) {
    const measured = value === null ? "-" : measuredBeside(value, limit, unit);
    table.push([
      styleText("dim", priority),
      title,
      measured,
      `${opSign(op)} ${limitInUnit(limit, unit)}`,
      MARK[quarantine ? "quarantined" : state],
    ]);
  }
  return table.toString();
}

function findings({
  findings: { knee, ladder, recovery, overhead, conservation, forwarding },
  target,
  generator,
}: Run): string[] {
  const lines: string[] = [];
  if (conservation) lines.push("", ...booksSentences(conservation).map((sentence) => `  ${sentence}`));
  if (forwarding) lines.push(...forwardingSentences(forwarding).map((sentence) => `  ${sentence}`));
  if (target.members) {
    const used = [...Object.entries(target.members), ["k6", { cpuCores: generator.k6CpuCores }] as const];
    const each = used.flatMap(([name, { cpuCores }]) =>
      cpuCores ? [`${name} ${cpuCores.avg.toFixed(2)}`] : [],
    );
    if (each.length > 0) lines.push(`  Cores used, mean: ${each.join(", ")}`);
  }
  if (knee) {
    const table = plainTable(
      ["stage", "req/s", "p95", "failed", ""],
      ["right", "right", "right", "right", "left"],
    );
    for (const { vus, requestsPerSecond, p95Ms, failedPercent, held } of knee.stages) {
      table.push([
        `${vus} VUs`,
        significant(requestsPerSecond),
        latency(p95Ms),
        percent(failedPercent),
        held ? MARK.pass.replace("pass", "held") : MARK.fail.replace("fail", "broke"),
      ]);
    }
    const at = knee.at
      ? `held up to ${knee.at.vus} VUs at ${rate(knee.at.requestsPerSecond)}`
      : "no stage held p95 < 100 ms and failed < 1 %";
    lines.push("", table.toString(), "", `  knee: ${at}`);
  }
  if (ladder) {
    const table = plainTable(
      ["packets/s", "achieved", "p50", "p99", "p99.9", "failed"],
      ["right", "right", "right", "right", "right", "right"],
    );
    for (const rung of ladder.rungs) {
      table.push([
        count(rung.rate),
        count(rung.achieved),
        latency(rung.p50Ms),
        latency(rung.p99Ms),
        latency(rung.p999Ms),
        count(rung.failed),
      ]);
    }
    lines.push("", table.toString());
  }
  if (recovery) {
    const { beforeP95Ms, limitMs, seconds, observedSeconds } = recovery;
    const when =
      seconds === null
        ? `was not back under ${latency(limitMs)} in the ${duration(observedSeconds)} that were watched after it`
        : `back under ${latency(limitMs)} ${duration(seconds)} after it`;
    lines.push("", `  recovery: p95 was ${latency(beforeP95Ms)} before the spike, and ${when}`);
  }
  if (overhead) {
    const table = plainTable(
      ["added to none, per request", "p50 µs", "p95 µs", "CPU µs"],
      ["left", "right", "right", "right"],
    );
    for (const { variant, addedP50Us, addedP95Us, addedCpuUs } of overhead.rows) {
      table.push([
        variant,
        interval(addedP50Us),
        interval(addedP95Us),
        addedCpuUs ? interval(addedCpuUs) : "-",
      ]);
    }
    const { p50Us, p95Us, cpuUs } = overhead.baseline;
    const cpu = cpuUs === null ? "" : `, CPU ${cpuUs.toFixed(0)} µs`;
    lines.push(
      "",
      table.toString(),
      "",
      `  none: p50 ${p50Us.toFixed(0)} µs, p95 ${p95Us.toFixed(0)} µs${cpu}.  [95 % interval]; ≈ not distinguishable`,
    );
  }
  return lines;
}

function interval({
  value,
  low,
  high,
  distinguishable,
}: {
  value: number;
  low: number;
  high: number;
  distinguishable: boolean;
}) {
  const whole = (us: number) => Math.round(us) || 0;
  const range = styleText("dim", `[${whole(low)}, ${whole(high)}]`);
  return `${distinguishable ? "" : "≈ "}${whole(value) >= 0 ? "+" : ""}${whole(value)} ${range}`;
}
