import Table from "cli-table3";
import type { Command } from "commander";
import { type Profile, peakOf } from "../../scenarios/lib/plan.ts";
import { durationOf } from "../../scenarios/lib/schedule.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";

export function addList(program: Command): void {
  program
    .command("list")
    .summary("the scenarios: what each asks, how hard, how long")
    .description("Lists the scenarios with the load and length of each profile.")
    .option("--json", "print the scenarios as JSON: load, profiles and SLA")
    .addHelpText("after", "\nExample:\n  npx plimsoll list")
    .action(({ json }: { json?: true }) => {
      process.stdout.write(json ? `${JSON.stringify(Object.values(SCENARIOS), null, 2)}\n` : `${table()}\n`);
    });
}

function table(): string {
  const rows = new Table({
    head: ["scenario", "what it asks", "smoke", "full"],
    style: { head: [], border: [] },
    colWidths: [22, 27, 13, 13],
    wordWrap: true,
  });
  for (const { name, summary, profiles } of Object.values(SCENARIOS)) {
    rows.push([name, summary, loadText(profiles.smoke), loadText(profiles.full)]);
  }
  return rows.toString();
}

function loadText({ load, warmUpSeconds }: Profile): string {
  const peak = peakOf(load).toLocaleString("en");
  const seconds = warmUpSeconds + durationOf(load);
  const length = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`;
  return `${peak} ${{ open: "req/s", paced: "packets/s", closed: "VUs" }[load.model]}\n${length}`;
}
