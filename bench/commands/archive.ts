import type { Command } from "commander";
import { count } from "../format.ts";
import { setAside } from "../history/set-aside.ts";
import { archive, KEPT } from "../history/store.ts";
import { RESULTS } from "../results/store.ts";
import { wholeNumber } from "../whole-number.ts";
import { takeIn } from "./take-in.ts";

interface Flags {
  readonly days: number;
  readonly runs: number;
  readonly results: string;
}

export function addArchive(program: Command): void {
  program
    .command("archive")
    .summary("move old runs out of the history that trends read")
    .description(
      "Moves old runs out of the history that trends read, into results/history/archive/, and what cannot be read of it into results/history/unreadable/. Folders of runs stay.",
    )
    .option("--days <n>", "keep runs of the last so many days", wholeNumber(0, 36_500), KEPT.days)
    .option("--runs <n>", "and of those the newest so many", wholeNumber(1), KEPT.runs)
    .option("--results <dir>", "folder of the runs; their history is in history/ there", RESULTS)
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll archive
  npx plimsoll archive --days 30 --runs 100
  gunzip --stdout results/history/archive/soak.full.ndjson.gz`,
    )
    .action(async ({ days, runs, results }: Flags) => {
      for (const moved of setAside(results)) process.stderr.write(`plimsoll: set aside: ${moved}\n`);
      await takeIn(results);
      for (const [name, { archived, kept }] of archive(results, { days, runs }, Date.now()))
        process.stdout.write(`${name}: ${count(archived)} archived, ${count(kept)} kept\n`);
    });
}
