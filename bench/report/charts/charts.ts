import type { Run } from "../../results/run-schema.ts";
import { bandsOf } from "../load.ts";
import type { Scope } from "../scope.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { histogramChart, percentileChart } from "./distribution.ts";
import { errorsChart, failedShareChart } from "./errors.ts";
import { callersChart, generatorCharts } from "./generator.ts";
import { kneeChart } from "./knee.ts";
import { latencyChart } from "./latency.ts";
import { overheadChart } from "./overhead.ts";
import { connectorCharts, outcomesChart } from "./packets.ts";
import { recoveryChart } from "./recovery.ts";
import { resourceCharts } from "./resources.ts";
import { throughputChart } from "./throughput.ts";
import { variantCharts } from "./variants.ts";

/** All charts of a run, by where they stand in the report. */
export interface Charts {
  /** What this scenario was run to find out. */
  readonly findings: readonly Chart[];
  readonly overTime: readonly Chart[];
  /** Of a run that compares variants, and of one of packets. */
  readonly variants: readonly Chart[];
  readonly connectors: readonly Chart[];
  readonly distribution: readonly Chart[];
  readonly resources: readonly Chart[];
  readonly generator: readonly Chart[];
}

export function chartsOf(run: Run, folded: Timeline, scope: Scope): Charts {
  const timeline = { ...folded, phases: bandsOf(run, folded) };
  const { knee, recovery, overhead } = run.findings;
  const outcomes = outcomesChart(timeline);
  return {
    findings: [
      ...(knee ? [kneeChart(knee)] : []),
      ...(recovery ? [recoveryChart(recovery, timeline)] : []),
      ...(overhead ? [overheadChart(overhead)] : []),
    ],
    overTime: [
      latencyChart(run, timeline),
      throughputChart(run, timeline),
      ...(outcomes ? [outcomes] : []),
      errorsChart(timeline),
      failedShareChart(run, timeline),
      // Packets go over a few connections, as many all the time.
      ...(outcomes ? [] : [callersChart(timeline)]),
    ],
    variants: variantCharts(run, timeline),
    connectors: connectorCharts(run, timeline),
    distribution: [histogramChart(scope), percentileChart(run, scope)],
    resources: resourceCharts(run, timeline),
    generator: [
      ...(outcomes ? [callersChart(timeline)] : []),
      ...generatorCharts(timeline, outcomes !== undefined),
    ],
  };
}
