import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { DATASOURCE } from "./influxql.ts";
import { axisQueries, type Limits, limitsQuery, limitsTransformation, styleLimits } from "./sla-limits.ts";
import { noThresholds } from "./thresholds.ts";

export interface GraphOptions {
  readonly title: string;
  /** What it shows, and how to read it: shown when one points at the title. */
  readonly description: string;
  /** Grafana's name of the unit: `ms`, `reqps`, `percent`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly Builder<Dataquery>[];
  /** Rows of the SLA that are drawn as lines. */
  readonly limits?: Limits;
  /** What the legend tells of each series beside its name. */
  readonly calcs?: readonly string[];
  readonly decimals?: number;
  /** What stands there when nothing was measured. */
  readonly noValue?: string;
}

/** Finer than this there is nothing: a window is a second. */
const FINEST = "1s";

/** Lines over time, with a legend that tells the numbers. */
export function graph(options: GraphOptions): PanelBuilder {
  const { title, description, unit, queries, limits, calcs = ["mean", "max"], decimals, noValue } = options;
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .interval(FINEST)
    .targets([...queries, ...(limits ? [limitsQuery(limits), ...axisQueries(limits)] : [])])
    .unit(unit)
    .axisSoftMin(0)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Auto)
    .thresholds(noThresholds())
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs([...calcs]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (decimals !== undefined) panel.decimals(decimals);
  if (noValue !== undefined) panel.noValue(noValue);
  if (limits) {
    panel
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
      .transformations([limitsTransformation(limits)]);
    styleLimits(panel, limits);
  }
  return panel;
}
