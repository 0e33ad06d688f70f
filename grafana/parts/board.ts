import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { layOut, type Section } from "./layout.ts";

/** The tag by which our dashboards find each other. */
const TAG = "plimsoll";

export interface BoardOptions {
  /** Fixed, so that links and bookmarks outlive an import. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  readonly sections: readonly Section[];
  /** How far back it looks when it is opened. */
  readonly from?: string;
  /** How often it asks again: every 5 s, unless said; empty for never. */
  readonly refresh?: string;
}

/** A whole dashboard. The links at its top lead to the others, with the run and the time range that are chosen. */
export function board(options: BoardOptions): Dashboard {
  const dashboard = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags([TAG])
    .timezone("browser")
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: options.from ?? "now-15m", to: "now" })
    .refresh(options.refresh ?? "5s")
    .variables([...options.variables])
    .annotations([...(options.annotations ?? [])])
    .links([
      new DashboardLinkBuilder("Plimsoll")
        .type(DashboardLinkType.Dashboards)
        .icon("dashboard")
        .tooltip("The same run in another dashboard")
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true)
        .targetBlank(false),
    ])
    .build();
  const { templating, annotations, links } = dashboard;
  return {
    ...dashboard,
    templating: {
      list: (templating.list ?? []).map((one) => without(one, "auto", "auto_min", "auto_count")),
    },
    annotations: { list: (annotations.list ?? []).map((one) => without(one, "placement")) },
    links: (links ?? []).map((one) => without(one, "placement")),
    panels: layOut(options.sections),
  };
}

/**
 * Leaves out what the SDK sets without being asked: keys of interval variables on every variable, and a place in a menu
 * for what belongs on the dashboard.
 */
function without<T extends object>(model: T, ...keys: (keyof T)[]): T {
  return Object.fromEntries(Object.entries(model).filter(([key]) => !keys.includes(key as keyof T))) as T;
}
