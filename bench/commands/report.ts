import { join } from "node:path";
import type { Command } from "commander";
import { Failure } from "../failure.ts";
import type { Run } from "../results/run-schema.ts";
import {
  findRun,
  hasWindows,
  RESULTS,
  type RunFolder,
  readRun,
  resourcesOf,
  windowsOf,
  writeAtomic,
} from "../results/store.ts";
import { fromHere } from "../run/voyage.ts";
import { WindowError } from "../windows/window.ts";

export function addReport(program: Command): void {
  program
    .command("report")
    .summary("make a run's report again")
    .description("Makes report.html, report.md, graphs/ and junit.xml of a run again, from what it measured.")
    .argument("<run>", "a folder, the name of a run in results/, or: latest")
    .addHelpText("after", "\nExample:\n  npx plimsoll report latest")
    .action(async (reference: string) => {
      // Of a profiled run as well: whoever has just made one may want to see its load.
      const folder = findRun(reference, RESULTS, "all");
      const run = readRun(folder);
      if (!hasWindows(folder)) {
        process.stderr.write(
          `plimsoll: ${fromHere(folder.path)} has no windows.ndjson: a report without charts\n`,
        );
      }
      try {
        await writeReport(folder, run);
      } catch (error) {
        if (!(error instanceof WindowError)) throw error;
        throw new Failure("USAGE", `${fromHere(join(folder.path, "windows.ndjson"))}: ${error.message}`);
      }
      process.stdout.write(`${fromHere(join(folder.path, "report.html"))}\n`);
    });
}

/** Writes everything a person or a CI server reads about a run. */
export async function writeReport(folder: RunFolder, run: Run): Promise<void> {
  // Charts are a large import; a run needs them only when it is over.
  const { report } = await import("../report/report.ts");
  const files = await report({ run, windows: windowsOf(folder), resources: resourcesOf(folder) });
  for (const { path, content } of files) writeAtomic(join(folder.path, path), content);
}
