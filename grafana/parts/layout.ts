import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { InfluxQuery } from "./influxql.ts";

/** Columns of Grafana's grid. */
export const COLUMNS = 24;

/**
 * The Grafana these panels are made for, and docker-compose.yml starts. Grafana takes a panel without a version for one of
 * long ago, and rewrites the options of some.
 */
export const GRAFANA_VERSION = "13.1.3";

/** Panels side by side, each as wide as it is told, or all alike. */
export interface Row {
  /** In units of the grid, 30 pixels each. */
  readonly height: number;
  readonly panels: readonly (Builder<Panel> | readonly [Builder<Panel>, width: number])[];
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * Puts sections below each other: a headline each, then its rows. Gives every panel its id and its place, and every query
 * that has none its letter, none of which the SDK does.
 */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  let id = 1;
  for (const { title, rows } of sections) {
    placed.push({
      type: "row",
      id: id++,
      title,
      collapsed: false,
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
      panels: [],
    });
    y += 1;
    for (const { height, panels } of rows) {
      let x = 0;
      for (const entry of panels) {
        const [builder, w] = "build" in entry ? [entry, COLUMNS / panels.length] : entry;
        placed.push({
          ...lettered(builder.build()),
          id: id++,
          gridPos: { h: height, w, x, y },
          pluginVersion: GRAFANA_VERSION,
        });
        x += w;
      }
      y += height;
    }
  }
  return placed;
}

function lettered(panel: Panel): Panel {
  const targets = (panel.targets ?? []) as InfluxQuery[];
  return {
    ...panel,
    targets: targets.map((target, n) => ({ ...target, refId: target.refId || String.fromCharCode(65 + n) })),
  };
}
