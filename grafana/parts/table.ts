import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { TableCellDisplayMode } from "@grafana/grafana-foundation-sdk/common";
import type { DataTransformerConfig, Panel, ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { DATASOURCE } from "./influxql.ts";
import { noThresholds } from "./thresholds.ts";

/** A column, by the name the query gives it. */
export interface Column {
  readonly name: string;
  readonly title?: string;
  /** Pixels; the rest is shared out. */
  readonly width?: number;
  readonly unit?: string;
  readonly decimals?: number;
  /** Words and colours for its values. */
  readonly mappings?: ValueMapping[];
  readonly links?: readonly { readonly title: string; readonly url: string }[];
}

export interface TableOptions {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Builder<Dataquery>[];
  /** From left to right; what is not named is left out. */
  readonly columns: readonly Column[];
  /** What is done with the answers before columns are picked. */
  readonly transformations?: readonly DataTransformerConfig[];
  readonly sortBy?: { readonly column: string; readonly desc: boolean };
}

/** Rows and columns of one answer. */
export function table(options: TableOptions): Builder<Panel> {
  const { title, description, queries, columns, transformations = [], sortBy } = options;
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .targets([...queries])
    // Each column that has a unit says so below.
    .unit("short")
    .thresholds(noThresholds())
    .showHeader(true)
    .transformations([
      ...transformations,
      ...(sortBy ? [{ id: "sortBy", options: { sort: [{ field: sortBy.column, desc: sortBy.desc }] } }] : []),
      {
        id: "filterFieldsByName",
        options: { include: { names: columns.map(({ name }) => name) } },
      },
      {
        id: "organize",
        options: {
          indexByName: Object.fromEntries(columns.map(({ name }, n) => [name, n])),
          renameByName: Object.fromEntries(columns.map(({ name, title }) => [name, title ?? name])),
          excludeByName: {},
        },
      },
    ]);
  for (const column of columns) {
    const properties = propertiesOf(column);
    if (properties.length > 0) panel.overrideByName(column.title ?? column.name, properties);
  }
  return { build: () => withoutFooter(panel.build()) };
}

/** The SDK's footer is one that tables of this Grafana no longer have. */
function withoutFooter(panel: Panel): Panel {
  const { footer: _, ...options } = panel.options as Record<string, unknown>;
  return { ...panel, options };
}

function propertiesOf({ width, unit, decimals, mappings, links }: Column) {
  return [
    ...(width === undefined ? [] : [{ id: "custom.width", value: width }]),
    ...(unit === undefined ? [] : [{ id: "unit", value: unit }]),
    ...(decimals === undefined ? [] : [{ id: "decimals", value: decimals }]),
    ...(links === undefined ? [] : [{ id: "links", value: [...links] }]),
    ...(mappings === undefined
      ? []
      : [
          { id: "mappings", value: mappings },
          { id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorText } },
        ]),
  ];
}
