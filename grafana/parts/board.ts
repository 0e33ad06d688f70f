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

/** The tag by which dashboards of our own points find each other. Their variables have one meaning, so links carry them. */
export const RUNS_TAG = "plimsoll";
/** That of k6's own points, which are in another database: what is chosen there means nothing here, nor the reverse. */
export const RAW_TAG = "plimsoll-raw";

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
  /** Which points it is of: our own, unless said. */
  readonly tag?: typeof RUNS_TAG | typeof RAW_TAG;
}

/**
 * A whole dashboard. The links at its top lead to the others: to those of the same points with the run that is chosen, to
 * the rest with the time range alone.
 */
export function board(options: BoardOptions): Dashboard {
  const { tag = RUNS_TAG } = options;
  const dashboard = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags([tag])
    .timezone("browser")
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: options.from ?? "now-15m", to: "now" })
    .refresh(options.refresh ?? "5s")
    .variables([...options.variables])
    .annotations([...(options.annotations ?? [])])
    .links([
      linkTo(RUNS_TAG, "Plimsoll", "Dashboards of runs", tag === RUNS_TAG),
      ...(tag === RAW_TAG ? [] : [linkTo(RAW_TAG, "Raw k6", "Points of k6's own output", false)]),
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

function linkTo(tag: string, title: string, tooltip: string, withVariables: boolean): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Dashboards)
    .icon("dashboard")
    .tooltip(withVariables ? "The same run in another dashboard" : tooltip)
    .tags([tag])
    .asDropdown(true)
    .includeVars(withVariables)
    .keepTime(true)
    .targetBlank(false);
}

/**
 * Leaves out what the SDK sets without being asked: keys of interval variables on every variable, and a place in a menu
 * for what belongs on the dashboard.
 */
function without<T extends object>(model: T, ...keys: (keyof T)[]): T {
  return Object.fromEntries(Object.entries(model).filter(([key]) => !keys.includes(key as keyof T))) as T;
}
