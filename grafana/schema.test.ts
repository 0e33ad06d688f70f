/**
 * The generated JSON is what Grafana's published schema says. @grafana/schema is that schema for the Grafana we pin, as
 * TypeScript generated from its CUE sources; tsc is the validator: it knows of every key and enum, and takes a literal with
 * a key too many for an error. Options of panels, which the schema of a dashboard leaves open, are checked by those of
 * their kind.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { GRAFANA_VERSION } from "./parts/layout.ts";
import { type DashboardJson, dataPanels, generated } from "./testing/generated.ts";

const ROOT = join(import.meta.dirname, "..");

/** Where the schema has the options of a kind of panel: module, and whether fields of that kind have some of their own. */
const KINDS: Readonly<Record<string, { name: string; fields: boolean }>> = {
  bargauge: { name: "BarGauge", fields: false },
  stat: { name: "Stat", fields: false },
  table: { name: "Table", fields: true },
  timeseries: { name: "TimeSeries", fields: true },
  xychart: { name: "XYChart", fields: true },
};

const HEAD = `import type { Dashboard, DataQuery } from "@grafana/schema";
${Object.entries(KINDS)
  .map(([kind, { name }]) => {
    const path = `@grafana/schema/dist/esm/raw/composable/${kind}/panelcfg/x/${name}PanelCfg_types.gen`;
    return `import type * as ${kind} from "${path}";`;
  })
  .join("\n")}

type NumberOf<T extends string> = T extends \`\${infer N extends number}\` ? N : never;
// What JSON holds of a type: enums are their values. A query has keys of its data source's too.
type Json<T> = T extends string ? \`\${T}\`
  : T extends number ? (number extends T ? number : NumberOf<\`\${T}\`>)
  : T extends readonly (infer U)[] ? Json<U>[]
  : T extends DataQuery ? { [K in keyof T]: Json<T[K]> } & Record<string, unknown>
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : T;
`;

/** A TypeScript file that compiles if the dashboards are what the schema says. */
function checked(dashboards: Iterable<[string, DashboardJson]>): string {
  const lines = [...dashboards].flatMap(([name, dashboard]) => [
    `export const ${name.replaceAll("-", "_")}: Json<Dashboard> = ${JSON.stringify(dashboard)};`,
    ...dataPanels(dashboard).flatMap(({ id, type, options, fieldConfig }) => {
      const at = `${name.replaceAll("-", "_")}_${id}`;
      const { custom } = fieldConfig.defaults as { custom?: object };
      assert.ok(KINDS[type], `no schema is looked up for panels of kind ${type}`);
      return [
        `export const ${at}: Partial<Json<${type}.Options>> = ${JSON.stringify(options)};`,
        ...(KINDS[type].fields
          ? [
              `export const ${at}_field: Partial<Json<${type}.FieldConfig>> = ${JSON.stringify(custom ?? {})};`,
            ]
          : []),
      ];
    }),
  ]);
  return `${HEAD}\n${lines.join("\n")}\n`;
}

/** What tsc complains of. */
function complaints(t: TestContext, source: string): string {
  // Inside of the checkout, so that its packages are found.
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".cache", "grafana-schema-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "dashboards.ts"), source);
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", skipLibCheck: true, types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["dashboards.ts"] }));
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  // Of a compiler that could not do its work, silence would pass for praise.
  return status === 0 || stdout !== "" ? stdout : `tsc ended with ${status}: ${stderr}`;
}

test("every generated dashboard is what Grafana's schema says", (t) => {
  assert.equal(complaints(t, checked(generated())), "");
});

const FAULTS: Readonly<Record<string, { fault: (dashboard: Faulty) => void; found: RegExp }>> = {
  "a key that is not in the schema": {
    fault: (dashboard) => {
      dashboard.colour = "red";
    },
    found: /'"colour"' does not exist/,
  },
  "a text for a number": {
    fault: ({ graph }) => {
      graph.gridPos.w = "12";
    },
    found: /Type 'string' is not assignable to type 'number'/,
  },
  "a value that is none of an enum's": {
    fault: ({ graph }) => {
      graph.options.legend.displayMode = "tabular";
    },
    found: /'"tabular"' is not assignable/,
  },
};

interface Faulty {
  colour?: string;
  readonly graph: { readonly gridPos: { w: unknown }; readonly options: { legend: Record<string, unknown> } };
}

for (const [what, { fault, found }] of Object.entries(FAULTS)) {
  test(`${what} is found`, (t) => {
    const wrong = structuredClone(generated().get("run-overview")) as DashboardJson & Faulty;
    const graph = wrong.panels.find(({ type }) => type === "timeseries") as unknown as Faulty["graph"];
    Object.defineProperty(wrong, "graph", { value: graph, enumerable: false });
    fault(wrong);
    assert.match(complaints(t, checked([["wrong", wrong]])), found);
  });
}

test("the schema is that of the Grafana the dashboards are made for", () => {
  const { version } = JSON.parse(
    readFileSync(join(ROOT, "node_modules", "@grafana", "schema", "package.json"), "utf8"),
  );
  assert.equal(version, GRAFANA_VERSION);
});
