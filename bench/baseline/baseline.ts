import { Failure } from "../failure.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import { oneLine } from "../results/versioned-json.ts";
import { type Window, WindowError } from "../windows/window.ts";
import { BASELINE_SCHEMA, type Baseline } from "./baseline-schema.ts";
import { blockSecondsOf, blocksOf } from "./blocks.ts";
import { Covered } from "./covered.ts";

/** Fewer blocks tell nothing of their own scatter. */
export const LEAST_BLOCKS = 10;

type Stream<T> = AsyncIterable<T> | Iterable<T>;

/**
 * A run as others are compared with it.
 *
 * @throws Failure `USAGE` for a run that was cut or whose windows cannot be read, `NO_DATA` for one that measured nothing, or not the target
 */
export async function baselineOf(
  run: Run,
  windows: Stream<Window>,
  resources: Stream<ResourceSample>,
): Promise<Baseline> {
  if (run.state !== "complete") {
    const how = run.state === "running" ? "was cut before its end" : "was interrupted";
    throw new Failure("USAGE", `${run.run} ${how}: only whole runs compare`);
  }
  // A fail that stands for a retry is of the run before: this one measured nothing.
  const verdict = run.retryOf?.ownVerdict ?? run.verdict;
  if (verdict === "invalid" || verdict === "no-data")
    throw new Failure("NO_DATA", `${run.run} is ${verdict}: ${run.reasons[0] ?? "it measured no target"}`);
  const covered = new Covered(run.phases);
  const blocks = await blocksOf(run, covered.counted(windows), resources).catch((error: Error) => {
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `windows.ndjson of ${run.run}: ${oneLine(error)}`);
  });
  if (blocks.every(({ latency }) => latency === null))
    throw new Failure("NO_DATA", `no data: ${run.run} has no window with an answer to its load`);
  if (covered.missingSeconds > 0) {
    const lacks = `lacks ${covered.missingSeconds.toFixed(1)} s of what it measured`;
    throw new Failure(
      "USAGE",
      `${run.run} ${lacks}: its windows.ndjson was cut, and only whole runs compare`,
    );
  }
  if (blocks.length < LEAST_BLOCKS) {
    throw new Failure(
      "NO_DATA",
      `no data: ${run.run} has ${blocks.length} blocks of ${blockSecondsOf(run)} s, and it takes ${LEAST_BLOCKS} to see how they scatter`,
    );
  }
  const { load, variant, blocks: variants } = run.plan;
  return {
    schema: BASELINE_SCHEMA,
    kind: "baseline",
    scenario: run.scenario,
    profile: run.profile,
    run: run.run,
    verdict: run.verdict,
    startedAt: run.startedAt,
    host: run.host,
    commit: run.commit,
    versions: run.versions,
    target: { kind: run.target.kind, name: run.target.name },
    ...(run.target.died && { died: true }),
    otherCpuCores: run.generator.otherCpuCores,
    ...(run.generator.stolenCpuCores && { stolenCpuCores: run.generator.stolenCpuCores }),
    // Through JSON, as it is after it was saved.
    load: JSON.parse(JSON.stringify({ load, variant, variants })),
    blockSeconds: blockSecondsOf(run),
    blocks,
  };
}
