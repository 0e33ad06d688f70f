import { join } from "node:path";
import { styleText } from "node:util";
import { type Command, Option } from "commander";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { valueText } from "../compare/words.ts";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { histories, historyFolder, readHistory } from "../history/store.ts";
import { RESULTS, writeAtomic } from "../results/store.ts";
import { fromHere } from "../run/voyage.ts";
import { type Direction, type Trend, trendOf } from "../trend/trend.ts";
import { oddRunsOf, shiftsOf, tooFewText } from "../trend/words.ts";
import { plainTable } from "./plain-table.ts";
import { takeIn, unfitText } from "./take-in.ts";

interface Flags {
  readonly profile: string;
  readonly results: string;
  readonly json?: true;
}

export function addTrend(program: Command): void {
  program
    .command("trend")
    .summary("when did a scenario become slower, and with which commit?")
    .description(
      "Shows how the metrics of a scenario went over its runs: shifts with the commit they came with, direction, odd runs.",
    )
    .argument("<scenario>", `one of ${Object.keys(SCENARIOS).join(", ")}`)
    .addOption(new Option("--profile <name>", "which runs of it").choices(["smoke", "full"]).default("full"))
    .option("--results <dir>", "folder of the runs; their history is in history/ there", RESULTS)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll trend basic-load --profile smoke
  npx plimsoll trend soak --json

Takes new runs in results/ into results/history/<scenario>.<profile>.ndjson first, a line each; it stays when the
folders of runs go. Leaves trend-<scenario>.<profile>.svg and .png there.`,
    )
    .action(async (scenario: string, { profile, results, json }: Flags) => {
      if (!Object.hasOwn(SCENARIOS, scenario)) {
        const names = Object.keys(SCENARIOS).join(", ");
        throw new Failure("USAGE", `there is no scenario "${scenario}"; there are ${names}`);
      }
      const name = `${scenario}.${profile}`;
      const unfit = (await takeIn(results)).filter((one) => one.name === name);
      const history = readHistory(results, name);
      const trend = trendOf(history);
      if (trend === undefined) {
        const others = histories(results).filter((other) => other !== name);
        // Of no use to who has the right name and only needs more runs.
        const hint =
          history.length === 0 && others.length > 0 ? `; there is history of ${others.join(", ")}` : "";
        throw new Failure("NO_DATA", `no data: ${tooFewText(name, history)}${hint}${unfitText(unfit)}`);
      }
      const picture = join(historyFolder(results), `trend-${name}`);
      await draw(trend, picture);
      process.stdout.write(json ? `${JSON.stringify(trend, null, 2)}\n` : text(trend, `${picture}.svg`));
    });
}

async function draw(trend: Trend, picture: string): Promise<void> {
  const [{ drawFile }, { trendChart }, { png }] = await Promise.all([
    import("../report/charts/draw.ts"),
    import("../trend/chart.ts"),
    import("../report/png.ts"),
  ]);
  const svg = drawFile(trendChart(trend));
  writeAtomic(`${picture}.svg`, svg);
  writeAtomic(`${picture}.png`, await png(svg));
}

/** Most odd runs that are named: the newest. */
const MOST_ODD = 6;
const WIDTH = 80;

const COLOURS = { improving: "green", stable: "dim", degrading: "red" } as const satisfies Record<
  Direction,
  string
>;

function text({ scenario, profile, runs, leftOut, metrics, unseen }: Trend, picture: string): string {
  const [first, last] = [runs[0], runs.at(-1)];
  const table = plainTable(
    ["", "now", "direction", "shifts", "odd runs"],
    ["left", "right", "left", "right", "right"],
  );
  for (const { title, unit, now, direction, shifts, odd } of metrics) {
    table.push([
      title,
      valueText(now, { unit }),
      styleText(COLOURS[direction], direction),
      count(shifts.length),
      count(odd.length),
    ]);
  }
  const shifted = shiftsOf(metrics);
  const odd = oddRunsOf({ runs, metrics });
  return [
    "",
    `  ${scenario} ${profile}: ${runs.length} runs, ${first?.at.slice(0, 10)} to ${last?.at.slice(0, 10)}`,
    ...(leftOut > 0
      ? [`  ${count(leftOut)} more are of another machine, load or target, or too old, and left out`]
      : []),
    ...(unseen.length > 0 ? [`  too few of the runs could see: ${unseen.join(", ")}`] : []),
    "",
    table.toString().replace(/ +$/gm, ""),
    "",
    ...shifted.map((line) => `  ${line}`),
    ...(shifted.length > 0 ? [""] : []),
    ...(odd.length > 0 ? ["  odd runs:", ...odd.slice(-MOST_ODD).map(oddLine), ""] : []),
    `  ${fromHere(picture)}`,
    "",
  ].join("\n");
}

function oddLine(said: string): string {
  const line = `  ${said}`;
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}
