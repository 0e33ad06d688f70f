import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Window } from "../windows/window.ts";
import { chartsOf } from "./charts/charts.ts";
import { drawFile } from "./charts/draw.ts";

import { documentOf } from "./compose.ts";
import { htmlReport } from "./html.ts";
import { junit } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { png } from "./png.ts";
import { scopeOf } from "./scope.ts";
import { timelineOf } from "./timeline.ts";

export interface ReportInput {
  readonly run: Run;
  /** Streamed: an hour is 3,600 windows. */
  readonly windows: AsyncIterable<Window> | Iterable<Window>;
  readonly resources: AsyncIterable<ResourceSample> | Iterable<ResourceSample>;
}

export interface ReportFile {
  /** Relative to the run's folder, `graphs/latency.svg`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A run, finished or not, as the files people and CI servers read. Pure but for the fonts of the PNGs. */
export async function report({ run, windows, resources }: ReportInput): Promise<ReportFile[]> {
  const timeline = await timelineOf(windows, resources);
  const scope = scopeOf(run, timeline);
  const charts = chartsOf(run, timeline, scope);
  const document = documentOf(run, timeline, scope, charts);
  const graphs = Object.values(charts)
    .flat()
    .map((chart) => ({ path: `graphs/${chart.id}`, svg: drawFile(chart) }));
  // resvg draws on threads of its own: it has them all while the page is made here.
  const images = Promise.all(
    graphs.map(async ({ path, svg }) => ({ path: `${path}.png`, content: await png(svg) })),
  );
  return [
    { path: "report.html", content: htmlReport(document, run) },
    { path: "report.md", content: markdownReport(document) },
    { path: "junit.xml", content: junit(run, document) },
    ...graphs.map(({ path, svg }) => ({ path: `${path}.svg`, content: svg })),
    ...(await images),
  ];
}
