import { Command, CommanderError, type OutputConfiguration } from "commander";
import { addDoctor } from "./commands/doctor.ts";
import { addList } from "./commands/list.ts";
import { addPush } from "./commands/push.ts";
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
  .exitOverride()
  .addHelpText("after", "\nStart here:\n  npx plimsoll run basic-load --profile smoke");

program.configureOutput(complaining("npx plimsoll"));
for (const add of [addRun, addUp, addList, addReport, addPush, addDoctor]) add(program);
// A command of its own exits by itself, with code 1, unless told otherwise.
for (const command of program.commands) {
  command.exitOverride().configureOutput(complaining(`npx plimsoll ${command.name()}`));
}

/** Wrong usage in the words of every other failure, with a hint where commander has none. */
function complaining(command: string): OutputConfiguration {
  return {
    outputError: (text, write) => {
      const hint = text.includes("Did you mean") ? "" : `(${command} --help shows what there is)\n`;
      write(`${text.replace(/^error: /, "plimsoll: ")}${hint}`);
    },
  };
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
