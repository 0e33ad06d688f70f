import { Command, CommanderError } from "commander";
import { addDoctor } from "./commands/doctor.ts";
import { addList } from "./commands/list.ts";
import { addReport } from "./commands/report.ts";
import { addRun } from "./commands/run.ts";
import { addUp } from "./commands/up.ts";
import { Failure } from "./failure.ts";
import { versionOfPlimsoll } from "./host/versions.ts";

const program = new Command("plimsoll")
  .usage("<command> [options]")
  .description(
    "Load tests for message connectors: does it hold its SLA, where does it break, what did this change cost.",
  )
  .showSuggestionAfterError()
  .enablePositionalOptions()
  .version(versionOfPlimsoll(), "-V, --version", "print the version")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "plimsoll: ")) })
  .showHelpAfterError("(npx plimsoll --help shows what there is)")
  .exitOverride()
  .addHelpText("after", "\nStart here:\n  npx plimsoll run basic-load --profile smoke");

for (const add of [addRun, addUp, addList, addReport, addDoctor]) add(program);
// A command of its own exits by itself, with code 1, unless told otherwise.
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`(npx plimsoll ${command.name()} --help shows what there is)`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Failure) {
    process.stderr.write(`plimsoll: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(
      `plimsoll: this is a fault of ours: ${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 1;
  }
}
