import { COLUMNS as AB_COLUMNS } from "../ab/rows.ts";
import { CAVEAT, changeText, intervalText, verdictWord as rowWord, valueText } from "../compare/words.ts";
import { count } from "../format.ts";
import type { Chart } from "../report/charts/chart.ts";
import { type Block, type Cell, columns, type Section } from "../report/document.ts";
import { shiftText } from "../trend/words.ts";
import type { Panels } from "./panels.ts";
import type { Compared, RunSummary, Summary, TrendSummary } from "./summary-schema.ts";
import { deltaWord, figureTexts, namesOf, verdictWord } from "./words.ts";

/** Where the report of each run is, beside what is being written; undefined where there is none. */
export type Links = readonly (string | undefined)[];

/** A summary in sections, in no markup: page and Markdown are two renderings of it. */
export function sectionsOf(summary: Summary, panels: Panels, links: Links): Section[] {
  return [
    runs(summary.runs, links),
    reasons(summary.runs),
    next(summary),
    measured(panels.measured),
    baselines(summary.runs, panels.delta),
    ab(summary),
    trends(summary, panels.trend),
  ].filter((section) => section !== undefined);
}

const nameOf = ({ scenario, profile }: { scenario: string; profile: string }) => `${scenario} ${profile}`;

const text = (said: string): Block => ({ kind: "text", text: said });

function chartsBlock(drawn: readonly Chart[]): Block[] {
  return drawn.length === 0 ? [] : [{ kind: "charts", charts: drawn }];
}

function measured(drawn: readonly Chart[]): Section | undefined {
  if (drawn.length === 0) return undefined;
  return { id: "measured", title: "What was measured", blocks: chartsBlock(drawn) };
}

function runs(all: readonly RunSummary[], links: Links): Section | undefined {
  if (all.length === 0) return undefined;
  const names = namesOf(all);
  return {
    id: "runs",
    title: "Runs",
    blocks: [
      {
        kind: "table",
        caption:
          "Of the phase that the SLA is about; the target's CPU is the mean and its memory the most of the whole run",
        columns: columns(
          "Run",
          "Verdict",
          "!Rate/s",
          "!p50",
          "!p95",
          "!p99",
          "!Failed",
          "!CPU",
          "!Memory",
          "To baseline",
        ),
        rows: all.map((run, i) => [nameCell(names[i] as string, links[i]), ...runCells(run)]),
        strong: all.flatMap(({ verdict }, i) => (verdict === "pass" || verdict === "warn" ? [] : [i])),
      },
    ],
  };
}

function nameCell(name: string, href: string | undefined): Cell {
  return href === undefined ? name : { name, href };
}

function runCells(run: RunSummary): string[] {
  const { rate, p50, p95, p99, failed, cpu, memory } = figureTexts(run.figures);
  return [verdictWord(run), rate, p50, p95, p99, failed, cpu, memory, deltaWord(run.againstBaseline)];
}

function reasons(all: readonly RunSummary[]): Section | undefined {
  const rows = all.filter(({ verdict }) => verdict !== "pass").flatMap(reasonRows);
  if (rows.length === 0) return undefined;
  const table: Block = {
    kind: "table",
    caption: "What the judge said",
    columns: columns("Run", "Reason"),
    rows,
  };
  return { id: "reasons", title: "Why not passed", blocks: [table] };
}

/** A row a reason; the run is named in the first. */
function reasonRows(run: RunSummary): Cell[][] {
  const said =
    run.reasons.length > 0 ? run.reasons : ["it is running, or was killed before it had a verdict"];
  return said.map((reason, i) => [i === 0 ? { name: nameOf(run), below: run.run } : "", reason]);
}

function next({ next: steps }: Summary): Section {
  return {
    id: "next",
    title: "What to do next",
    blocks: steps.flatMap(({ why, what, commands }): Block[] => [
      text(`${why} ${what}`),
      ...(commands.length > 0 ? [{ kind: "log" as const, lines: commands }] : []),
    ]),
  };
}

function baselines(all: readonly RunSummary[], drawn: readonly Chart[]): Section | undefined {
  if (all.every(({ againstBaseline: { state } }) => state === "none")) return undefined;
  const compared = all.filter(({ againstBaseline: { state } }) => state === "compared");
  const others = all.flatMap((run) =>
    "why" in run.againstBaseline ? [text(`${nameOf(run)}: ${run.againstBaseline.why}.`)] : [],
  );
  return {
    id: "baseline",
    title: "Delta to the baseline",
    blocks: [
      ...chartsBlock(drawn),
      ...compared.flatMap((run) => comparison(run, run.againstBaseline as Compared)),
      ...(compared.length > 0 ? [text(CAVEAT)] : []),
      ...others,
    ],
  };
}

function comparison(run: RunSummary, delta: Compared): Block[] {
  return [
    {
      kind: "table",
      caption: `${nameOf(run)}: ${delta.baseline} before, ${run.run} after`,
      columns: columns("Metric", "!Before", "!After", "!Change", "!95 % interval", "Verdict"),
      rows: delta.rows.map((row) => [
        row.title,
        valueText(row.before, row),
        valueText(row.after, row),
        changeText(row.ratio),
        `${intervalText(row)} %`,
        rowWord(row),
      ]),
      strong: delta.rows.flatMap(({ severity }, i) => (severity === "none" ? [] : [i])),
    },
    ...[...delta.unanswered, ...delta.notices].map((notice) => text(`${nameOf(run)}: ${notice}.`)),
  ];
}

function ab({ ab: all }: Summary): Section | undefined {
  if (all.length === 0) return undefined;
  return {
    id: "ab",
    title: "Two builds at the same time",
    blocks: all.flatMap(({ verdict, scenario, a, b, reasons: why, rows }): Block[] => [
      text(`${scenario}: A is ${a}, B is ${b}. The verdict is ${verdict}: ${why.join("; ")}.`),
      ...(rows.length === 0
        ? []
        : [
            {
              kind: "table" as const,
              caption: `B against A: ${verdict}`,
              columns: AB_COLUMNS.map((title, i) => ({
                title: title === "" ? (["Metric", "Verdict"][i === 0 ? 0 : 1] as string) : title,
                numeric: i > 0 && i < AB_COLUMNS.length - 1,
              })),
              rows,
            },
          ]),
    ]),
  };
}

function trends({ trends: all, trendDays }: Summary, drawn: readonly Chart[]): Section | undefined {
  if (all.length === 0) return undefined;
  return {
    id: "trend",
    title: `Trend of the last ${trendDays} days`,
    blocks: [...chartsBlock(drawn), ...all.map(trendTable)],
  };
}

function trendTable(trend: TrendSummary): Block {
  const left =
    trend.leftOut > 0 ? `; ${count(trend.leftOut)} of other machines, loads or targets are left out` : "";
  const [from, to] = [trend.from.slice(0, 10), trend.to.slice(0, 10)];
  return {
    kind: "table",
    caption: `${nameOf(trend)}: ${count(trend.runs)} runs, ${from} to ${to}${left}`,
    columns: columns("Metric", "!Now", "Direction", "Shifts"),
    rows: trend.metrics.map(({ title, now, unit, direction, shifts }) => [
      title,
      valueText(now, { unit }),
      direction,
      shifts.map(shiftText).join("; "),
    ]),
    strong: trend.metrics.flatMap(({ direction }, i) => (direction === "degrading" ? [i] : [])),
  };
}
