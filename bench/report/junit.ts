import { createRequire } from "node:module";
import type { Builder, TestCase } from "junit-report-builder";
import { firstStands, isFlaky } from "../results/is-flaky.ts";
import type { Run } from "../results/run-schema.ts";
import type { Document, SlaWords } from "./document.ts";
import { oneLine, plain } from "./escape.ts";

/** Its types say `export default`, its module says `module.exports =`: only require gets at what is there. */
const junitReportBuilder = createRequire(import.meta.url)("junit-report-builder") as Builder;

/**
 * The verdict for a CI server: one suite a run, one case an SLA row, one for the generator and one for the target.
 * What was not measured is an error, not a failure: the test itself did not work.
 */
export function junit(run: Run, document: Document): string {
  const builder = junitReportBuilder.newBuilder().name("plimsoll");
  const suite = builder.testSuite().name(oneLine(run.run));
  const startedMs = Date.parse(run.startedAt);
  const seconds = run.endedAt === null ? Number.NaN : (Date.parse(run.endedAt) - startedMs) / 1000;
  if (Number.isFinite(startedMs)) suite.timestamp(new Date(startedMs));
  if (Number.isFinite(seconds)) suite.time(seconds);
  suite.property("scenario", oneLine(run.scenario));
  suite.property("profile", run.profile);
  suite.property("verdict", isFlaky(run) ? "flaky" : (run.verdict ?? "none"));
  if (run.retryOf) {
    suite.property("retryOf", oneLine(run.retryOf.run));
    suite.property("retryOf.verdict", run.retryOf.verdict);
  }
  const testCase = (name: string) =>
    suite
      .testCase()
      .className(oneLine(`plimsoll.${run.scenario}`))
      .name(oneLine(name));
  for (const row of document.sla) slaCase(testCase(`${row.priority} ${row.title}`), row);
  if (run.verdict === null) testCase("the run ended").error(`state ${run.state}, no verdict`, "incomplete");
  if (isFlaky(run)) {
    // A pass would say that nothing was wrong, a failure that the job has to stop: CI servers show what was skipped.
    const steady = testCase("held without a retry");
    steady.skipped();
    steady.standardOutput(plain(run.reasons[0] ?? ""));
  }
  if (firstStands(run)) testCase("held when it was first run").failure(plain(run.reasons[0] ?? ""), "sla");
  const health = testCase("load generator is healthy");
  if (!run.generator.healthy)
    health.error(plain(run.generator.reasons.join("; ")) || "not healthy", "invalid");
  targetCase(testCase("target stays alive"), run);
  return builder.build();
}

function slaCase(testCase: TestCase, { state, measured, limit, note, source }: SlaWords): void {
  const said = plain(`${measured}, limit ${limit}${note ? ` (${note})` : ""}`);
  switch (state) {
    case "pass":
      break;
    case "warn":
      testCase.standardOutput(plain(`warn: ${said}; second priority, crossed by at most 20 %`));
      break;
    case "fail":
      testCase.failure(said, "sla");
      testCase.stacktrace(plain(source));
      break;
    case "quarantined":
      testCase.skipped();
      testCase.standardOutput(plain(`fail: ${said}`));
      break;
    case "no-data":
      testCase.error(plain(`no data: ${source}${note ? ` (${note})` : ""}`), "no-data");
      break;
    case "not-applicable":
      testCase.skipped();
      testCase.standardOutput(plain(`not applicable: ${note || "this run could not see it"}`));
      break;
  }
}

function targetCase(testCase: TestCase, { target }: Run): void {
  if (target.died) {
    const { exitCode, signal, atSeconds, lastLog } = target.died;
    testCase.failure(
      plain(
        `died after ${atSeconds.toFixed(1)} s, exit code ${exitCode ?? "none"}, signal ${signal ?? "none"}`,
      ),
      "died",
    );
    testCase.standardError(plain(lastLog.join("\n")));
  } else if (target.pid === null) {
    testCase.skipped();
    testCase.standardOutput("not applicable: the target is not our process");
  }
}
