/** The generated dashboards, as far as tests look into them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const GENERATED = join(import.meta.dirname, "..", "generated");

export interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly query: string;
  readonly rawQuery: boolean;
  readonly resultFormat: string;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly interval?: string;
  readonly maxDataPoints?: number;
  readonly pluginVersion?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly transformations?: readonly { readonly id: string; readonly options: Record<string, unknown> }[];
  readonly options: Record<string, unknown>;
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly custom?: { readonly thresholdsStyle?: object };
      readonly thresholds?: { readonly steps: readonly object[] };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}

export interface VariableJson {
  readonly name: string;
  readonly type: "datasource" | "query" | "custom";
  readonly query: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly includeAll?: boolean;
  readonly sort?: number;
}

export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly panels: readonly PanelJson[];
  readonly links: readonly { readonly tags: readonly string[]; readonly includeVars: boolean }[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: {
    readonly list?: readonly {
      readonly name: string;
      readonly datasource: { uid: string };
      readonly target: Target;
    }[];
  };
}

/** Every generated dashboard by the name of its file. */
export function generated(): Map<string, DashboardJson> {
  return new Map(
    readdirSync(GENERATED).map((file) => [
      file.replace(/\.json$/, ""),
      JSON.parse(readFileSync(join(GENERATED, file), "utf8")) as DashboardJson,
    ]),
  );
}

/** Panels that show data: all but the headlines of sections. */
export function dataPanels({ panels }: DashboardJson): PanelJson[] {
  return panels.filter(({ type }) => type !== "row");
}
