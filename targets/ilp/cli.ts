import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

/** One process of a network, or the network itself, which starts the others. */
export type Settings =
  | {
      readonly role: "network";
      readonly nodes: 1 | 5;
      readonly portBase: number;
      /** Folder of the nodes' YAML files; the bundled one unless said. */
      readonly networks?: string;
      /** Folder that gets a CPU profile of each thread of each node. */
      readonly profile?: string;
      readonly exitWithParent: boolean;
    }
  | {
      readonly role: "node";
      readonly config: string;
      readonly portShift: number;
      readonly freshLedger: boolean;
    }
  | {
      readonly role: "receiver";
      readonly dial: string;
      readonly token: string;
      readonly address: string;
      readonly secret: string;
    }
  | { readonly role: "hub"; readonly port: number };

/** What the command line came to: settings to run with, or text to print and an exit code. */
export type Cli =
  | { readonly kind: "run"; readonly settings: Settings }
  | { readonly kind: "exit"; readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Where the BTP port of node A is, unless moved. */
export const PORT_BASE = 3000;
/** What sender and receiver share, unless said. Loopback only, and no value moves: no secret. */
export const SECRET = "plimsoll";

export function parseCli(args: readonly string[]): Cli {
  let settings: Settings | undefined;
  let [stdout, stderr] = ["", ""];
  const program = new Command("ilp")
    .usage("[options] | node|receiver|hub [options]")
    .description(
      "Interledger connectors over BTP, with a receiver that fulfils and a telemetry hub: one connector, or five in a line.",
    )
    .option("--nodes <n>", "1, or 5: alice - A - B - C - D - E - bob", oneOf(1, 5), 1)
    .option(
      "--port-base <n>",
      `BTP port of the first node; admin is 6080 above, the hub 6000`,
      port,
      PORT_BASE,
    )
    .option(
      "--networks <folder>",
      "the nodes' YAML, for one's own: single.yaml, or chain-a.yaml to chain-e.yaml",
    )
    .option("--profile <folder>", "each node leaves CPU profiles of its threads there when it ends")
    .addOption(new Option("--exit-with-parent").default(false).hideHelp())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    })
    .addHelpText(
      "after",
      "\nExamples:\n  npx plimsoll up ilp\n  npx plimsoll up ilp --nodes 5\n  npx plimsoll up ilp --networks my-networks",
    )
    .action((flags: Omit<Extract<Settings, { role: "network" }>, "role">) => {
      settings = { role: "network", ...flags };
    });
  program
    .command("node")
    .description("one connector")
    .requiredOption(
      "--config <file>",
      "its YAML, required; keys and defaults: targets/ilp/config/node-config.ts",
    )
    .option("--port-shift <n>", "added to every port of the file", Number, 0)
    .option("--fresh-ledger", "delete the SQLite ledger of the last time first", false)
    .action((flags: { config: string; portShift: number; freshLedger: boolean }) => {
      settings = { role: "node", ...flags };
    });
  program
    .command("receiver")
    .description("the far peer: fulfils with HMAC-SHA256(secret, data)")
    .requiredOption("--dial <url>", "the connector, ws://127.0.0.1:3000 for one; required")
    .requiredOption("--token <token>", "the BTP token that it is known by; required")
    .option("--address <address>", "its ILP address", "test.receiver")
    .option("--secret <text>", "what it shares with the senders", SECRET)
    .action((flags: { dial: string; token: string; address: string; secret: string }) => {
      settings = { role: "receiver", ...flags };
    });
  program
    .command("hub")
    .description("takes the nodes' telemetry and fans it out")
    .option("--port <n>", "where", port, 9000)
    .action((flags: { port: number }) => {
      settings = { role: "hub", ...flags };
    });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    program.parse(["node", "ilp", ...args]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: "exit", exitCode: error.exitCode === 0 ? 0 : 2, stdout, stderr };
  }
  return settings
    ? { kind: "run", settings }
    : { kind: "exit", exitCode: 2, stdout, stderr: stderr || "error: nothing to do\n" };
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 59_000 || text.trim() === "")
    throw new InvalidArgumentError("It is a whole number from 1 to 59000.");
  return value;
}

function oneOf<T extends number>(...values: T[]) {
  return (text: string): T => {
    const found = values.find((value) => String(value) === text);
    if (found === undefined) throw new InvalidArgumentError(`It is ${values.join(" or ")}.`);
    return found;
  };
}
