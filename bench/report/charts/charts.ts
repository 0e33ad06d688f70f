import type { Run } from "../../results/run-schema.ts";
import { bandsOf } from "../load.ts";
import type { Scope } from "../scope.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { histogramChart, percentileChart } from "./distribution.ts";
import { errorsChart } from "./errors.ts";
import { kneeChart } from "./knee.ts";
import { latencyChart } from "./latency.ts";
import { overheadChart } from "./overhead.ts";
import { recoveryChart } from "./recovery.ts";
import { cpuChart, loopDelayChart, memoryChart } from "./resources.ts";
import { throughputChart } from "./throughput.ts";

/** All charts of a run, by where they stand in the report. */
export interface Charts {
  /** What this scenario was run to find out. */
  readonly findings: readonly Chart[];
  readonly overTime: readonly Chart[];
  readonly distribution: readonly Chart[];
  readonly resources: readonly Chart[];
}

export function chartsOf(run: Run, folded: Timeline, scope: Scope): Charts {
  const timeline = { ...folded, phases: bandsOf(run, folded) };
  const { knee, recovery, overhead } = run.findings;
  const loopDelay = timeline.resources.some((point) => point.eventLoopDelayMs !== null);
  return {
    findings: [
      ...(knee ? [kneeChart(knee)] : []),
      ...(recovery ? [recoveryChart(recovery, timeline)] : []),
      ...(overhead ? [overheadChart(overhead)] : []),
    ],
    overTime: [latencyChart(run, timeline), throughputChart(run, timeline), errorsChart(timeline)],
    distribution: [histogramChart(scope), percentileChart(run, scope)],
    resources: [
      cpuChart(run, timeline),
      memoryChart(run, timeline),
      ...(loopDelay ? [loopDelayChart(run, timeline)] : []),
    ],
  };
}
