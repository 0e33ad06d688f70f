/** What we ask of our dashboards beyond Grafana's schema, which takes an unreadable one as well. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { COLUMNS, GRAFANA_VERSION } from "./parts/layout.ts";
import { asksForLimit } from "./parts/sla-limits.ts";
import { PLIMSOLL, RAW_K6 } from "./parts/variables.ts";
import { type DashboardJson, dataPanels, generated, type PanelJson } from "./testing/generated.ts";

/** 1280 pixels hold 24 columns: narrower than this a number, or a graph with its legend, is not readable. */
const NARROWEST: Readonly<Record<string, number>> = { stat: 4, default: 6 };
/** What is left to a column of the grid, of 1280 pixels less the margins and a scroll bar. */
const COLUMN_PX = 50;
/** Grafana gives no less to a column of a table that says nothing of its width. */
const TABLE_COLUMN_PX = 150;
const UID = `\${datasource}`;

const dashboards = generated();

test("dashboards have titles, descriptions and uids of their own, and find each other", () => {
  const all = [...dashboards.values()];
  assert.equal(new Set(all.map(({ uid }) => uid)).size, all.length);
  assert.equal(new Set(all.map(({ title }) => title)).size, all.length);
  for (const { uid, title, description, tags } of all) {
    assert.match(uid, /^plimsoll-[a-z0-9-]{2,31}$/);
    assert.match(title, /^Plimsoll: \w/);
    assert.ok(description.length > 20, title);
    assert.equal(tags.length, 1, title);
  }
});

test("links lead to every dashboard, and carry variables only where they mean the same: runs of one database", () => {
  const all = [...dashboards.values()];
  const first = ({ templating }: DashboardJson) => templating.list[0] as unknown as { current: object };
  for (const from of all) {
    const reached = from.links.flatMap(({ tags, includeVars }) =>
      all.filter((to) => tags.every((tag) => to.tags.includes(tag))).map((to) => ({ to, includeVars })),
    );
    assert.deepEqual(
      new Set([from.title, ...reached.map(({ to }) => to.title)]),
      new Set(all.map(({ title }) => title)),
    );
    for (const { to, includeVars } of reached)
      assert.equal(
        includeVars,
        isDeepStrictEqual(first(from).current, first(to).current),
        `${from.title} to ${to.title}`,
      );
  }
});

for (const [name, dashboard] of dashboards) {
  const panels = dataPanels(dashboard);

  test(`${name}: the data source is a variable, at first the provisioned one`, () => {
    const [first, ...others] = dashboard.templating.list;
    assert.equal(first?.type, "datasource");
    assert.equal(first?.query, "influxdb");
    const { current } = first as unknown as { current: { value: string } };
    assert.equal(current.value, name === "raw-k6" ? RAW_K6.uid : PLIMSOLL.uid);
    const asking = [
      ...panels,
      ...panels.flatMap(({ targets = [] }) => targets),
      ...others.filter(({ type }) => type === "query"),
      ...(dashboard.annotations.list ?? []).flatMap((one) => [one, one.target]),
    ];
    for (const { datasource } of asking) assert.equal(datasource?.uid, UID);
  });

  test(`${name}: variables are described, and each is used`, () => {
    const text = JSON.stringify([dashboard.panels, dashboard.annotations, dashboard.templating]);
    for (const { name: variable, description = "" } of dashboard.templating.list) {
      assert.ok(description.length > 10, variable);
      assert.match(text, new RegExp(`\\$\\{${variable}[:}]`), `nobody asks for ${variable}`);
    }
  });

  test(`${name}: titles, ids and refIds are set and unique`, () => {
    const titles = panels.map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length, titles.join());
    const ids = dashboard.panels.map(({ id }) => id);
    assert.ok(ids.every((id) => Number.isInteger(id) && id > 0));
    assert.equal(new Set(ids).size, ids.length);
    for (const { title, targets = [] } of panels) {
      const refIds = targets.map(({ refId }) => refId);
      assert.ok(refIds.every(Boolean), title);
      assert.equal(new Set(refIds).size, refIds.length, title);
    }
  });

  test(`${name}: panels lie inside of ${COLUMNS} columns, do not overlap, and are wide enough for 1280 pixels`, () => {
    for (const { type, title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= COLUMNS, title);
      assert.ok(gridPos.y >= 0 && gridPos.h > 0, title);
      assert.ok(gridPos.w >= (NARROWEST[type] ?? (NARROWEST.default as number)), `${title} is too narrow`);
    }
    for (const [n, one] of dashboard.panels.entries())
      for (const other of dashboard.panels.slice(n + 1))
        assert.ok(!overlap(one, other), `${one.title} and ${other.title}`);
  });

  test(`${name}: the columns of a table fit into its panel at 1280 pixels`, () => {
    for (const { type, title, gridPos, transformations = [], fieldConfig } of panels) {
      if (type !== "table") continue;
      const columns = Object.values(transformations.at(-1)?.options.renameByName ?? {});
      const widths = columns.map((column) => {
        const { properties = [] } =
          fieldConfig.overrides.find(({ matcher }) => matcher.options === column) ?? {};
        return Number(properties.find(({ id }) => id === "custom.width")?.value ?? TABLE_COLUMN_PX);
      });
      assert.ok(widths.length > 1, title);
      const sum = widths.reduce((all, width) => all + width);
      assert.ok(sum <= gridPos.w * COLUMN_PX, `${title}: ${sum} px in ${gridPos.w} columns`);
    }
  });

  test(`${name}: every panel says what it shows, asks for something, and has a unit`, () => {
    for (const panel of panels) {
      const { title, description = "", targets = [], fieldConfig, pluginVersion } = panel;
      assert.ok(title.length > 1 && description.length > 20, `${title}: ${description}`);
      assert.ok(targets.length > 0, `${title} asks for nothing`);
      assert.ok(fieldConfig.defaults.unit, `${title} has no unit`);
      assert.equal(pluginVersion, GRAFANA_VERSION, title);
      // Without steps of its own a panel is red from 80 on, whatever it shows.
      assert.equal(fieldConfig.defaults.thresholds?.steps.length, 1, title);
    }
  });

  test(`${name}: graphs have a legend`, () => {
    for (const { type, title, options } of panels) {
      if (type !== "timeseries" && type !== "xychart") continue;
      assert.equal((options.legend as { showLegend: boolean }).showLegend, true, title);
    }
  });

  test(`${name}: queries are one statement of one run's points, and a graph's are of its time range`, () => {
    for (const { type, title, targets = [] } of panels) {
      for (const { refId, query, rawQuery, resultFormat } of targets) {
        assert.equal(rawQuery, true);
        assert.doesNotMatch(query, /;/, title);
        assert.match(query, /=~ \/\^\$\{(run|runA|runB|target):regex\}\$\//, `${title} mixes runs`);
        if (type === "timeseries" && resultFormat === "time_series" && !asksForLimit(refId))
          assert.match(query, /\$timeFilter.*GROUP BY time\(\$__interval\)/, `${title} ${refId}`);
      }
    }
  });

  test(`${name}: where limits are drawn, each is a point too, or it lies beyond the end of the axis`, () => {
    for (const { title, targets = [], transformations = [], fieldConfig } of panels) {
      const drawn = transformations.flatMap(({ id, options }) =>
        id === "configFromData" ? (options.mappings as { fieldName: string }[]) : [],
      );
      assert.equal(fieldConfig.defaults.custom?.thresholdsStyle !== undefined, drawn.length > 0, title);
      for (const { fieldName } of drawn) {
        const point = targets.find(({ refId }) => refId === fieldName);
        assert.equal(point?.resultFormat, "time_series", `${title}: ${fieldName}`);
        assert.match(point?.query ?? "", /GROUP BY time\(\w+, \$\{__from\}ms\) fill\(previous\)/, title);
      }
    }
  });

  test(`${name}: transformations and overrides name queries and columns that are there`, () => {
    for (const { title, targets = [], transformations = [], fieldConfig } of panels) {
      for (const { id, options } of transformations) {
        if (id !== "configFromData") continue;
        const config = targets.find(({ refId }) => refId === options.configRefId);
        assert.equal(config?.resultFormat, "table", title);
        for (const { fieldName } of options.mappings as { fieldName: string }[])
          assert.ok(config?.query.includes(`AS "${fieldName}"`), `${title}: ${fieldName}`);
      }
      const named = fieldConfig.overrides.map(({ matcher }) => matcher.options);
      assert.equal(new Set(named).size, named.length, title);
    }
  });
}

function overlap({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
