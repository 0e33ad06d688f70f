import { Command, CommanderError, type OutputConfiguration } from "commander";
import { COMMANDS } from "./commands/all.ts";
import { Failure } from "./failure.ts";
import { versionOfPlimsoll } from "./host/versions.ts";

// `| head` closes the pipe: what is said from then on is lost, and a run that is under way is not.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

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
for (const add of COMMANDS) add(program);
refine(program, "npx plimsoll");

/** A command of its own exits by itself, with code 1, unless told otherwise. */
function refine(parent: Command, path: string): void {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`;
    command.exitOverride().configureOutput(complaining(name));
    refine(command, name);
  }
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
