import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Window } from "../windows/window.ts";
import type { Chart } from "./charts/chart.ts";
import { chartsOf } from "./charts/charts.ts";
import { drawFile } from "./charts/draw.ts";
import { documentOf } from "./compose.ts";
import { htmlReport } from "./html.ts";
import { junit } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { withPlannedLimits } from "./planned-limits.ts";
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
  const limited = withPlannedLimits(run);
  const scope = scopeOf(limited, timeline);
  const charts = chartsOf(limited, timeline, scope);
  const document = documentOf(run, timeline, scope, charts);
  const { findings, overTime, distribution, resources: used, ...details } = charts;
  const filesOf = (all: Chart[]) =>
    all.map((chart) => ({ path: `graphs/${chart.id}`, svg: drawFile(chart) }));
  // An image takes longer than all else of a chart, and the details of a run are many: they are pasted as SVG.
  const main = filesOf([findings, overTime, distribution, used].flat());
  // resvg draws on threads of its own: it has them all while the page is made here.
  const images = Promise.all(
    main.map(async ({ path, svg }) => ({ path: `${path}.png`, content: await png(svg) })),
  );
  const graphs = [...main, ...filesOf(Object.values(details).flat())];
  return [
    { path: "report.html", content: htmlReport(document, run) },
    { path: "report.md", content: markdownReport(document) },
    { path: "junit.xml", content: junit(run, document) },
    ...graphs.map(({ path, svg }) => ({ path: `${path}.svg`, content: svg })),
    ...(await images),
  ];
}
