import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  PanelBuilder,
  PointShape,
  SeriesMapping,
  XYSeriesConfigBuilder,
  XYShowMode,
} from "@grafana/grafana-foundation-sdk/xychart";
import { DATASOURCE } from "./influxql.ts";
import { noThresholds } from "./thresholds.ts";

/** A curve: the answer's columns that are its x and its y. */
export interface Curve {
  readonly query: Builder<Dataquery>;
  readonly name: string;
  readonly x: string;
  readonly y: string;
}

export interface XyChartOptions {
  readonly title: string;
  readonly description: string;
  /** Of y. */
  readonly unit: string;
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  /** What stands there when nothing was measured. */
  readonly noValue?: string;
}

/** Curves over something else than the time of day. */
export function xyChart(options: XyChartOptions): PanelBuilder {
  const { title, description, unit, xLabel, curves, noValue } = options;
  const byName = (options: string) => ({ matcher: { id: "byName", options } });
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .targets(curves.map(({ query }) => query))
    .unit(unit)
    .thresholds(noThresholds())
    .show(XYShowMode.Lines)
    .pointShape(PointShape.Circle)
    .pointSize({ fixed: 4 })
    .lineWidth(1)
    .axisSoftMin(0)
    .mapping(SeriesMapping.Manual)
    .series(
      curves.map(({ name, x, y }, n) =>
        new XYSeriesConfigBuilder()
          .name({ fixed: name })
          .frame({ matcher: { id: "byIndex", options: n } })
          .x(byName(x))
          .y(byName(y)),
      ),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
  if (noValue !== undefined) panel.noValue(noValue);
  for (const { x } of curves) {
    panel.overrideByName(x, [
      { id: "unit", value: "s" },
      { id: "custom.axisLabel", value: xLabel },
    ]);
  }
  return panel;
}
