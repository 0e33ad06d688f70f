import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { DATASOURCE } from "./influxql.ts";
import { noThresholds } from "./thresholds.ts";

export interface StatOptions {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly Builder<Dataquery>[];
  readonly decimals?: number;
  /** Which of several values over time: the last, unless said. */
  readonly calc?: "lastNotNull" | "max" | "mean";
  readonly mappings?: ValueMapping[];
  /** What stands there when there is no answer. */
  readonly noValue?: string;
  /** With its course in the background. */
  readonly sparkline?: boolean;
}

/** One value of each series. */
function oneOf({ calc = "lastNotNull" }: Pick<StatOptions, "calc">): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs([calc]).fields("").values(false);
}

/** One number, large. */
export function stat(options: StatOptions): StatBuilder {
  const { title, description, unit, queries, decimals, mappings, noValue } = options;
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .interval("1s")
    .targets([...queries])
    .unit(unit)
    .thresholds(noThresholds())
    .reduceOptions(oneOf(options))
    .colorMode(mappings ? BigValueColorMode.Background : BigValueColorMode.None)
    .graphMode(options.sparkline ? BigValueGraphMode.Area : BigValueGraphMode.None);
  if (decimals !== undefined) panel.decimals(decimals);
  if (mappings) panel.mappings(mappings);
  if (noValue !== undefined) panel.noValue(noValue);
  return panel;
}

/** A bar for each series, to compare them at a glance. */
export function bars(options: Omit<StatOptions, "sparkline" | "mappings">): BarGaugeBuilder {
  const { title, description, unit, queries, decimals, noValue } = options;
  const panel = new BarGaugeBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .interval("1s")
    .targets([...queries])
    .unit(unit)
    .min(0)
    .thresholds(noThresholds())
    .reduceOptions(oneOf(options))
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal);
  if (decimals !== undefined) panel.decimals(decimals);
  if (noValue !== undefined) panel.noValue(noValue);
  return panel;
}
