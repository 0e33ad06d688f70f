/** The process: command line, ready line, signals, exit codes. main.ts imports it, and that runs it. */

import { portHolder } from "../port-holder.ts";
import { parseCli } from "./cli.ts";
import { PortError, startConnector } from "./connector.ts";
import { LIMITS } from "./limits.ts";
import { createLog } from "./log.ts";

const cli = parseCli(process.argv.slice(2));
if (cli.kind === "exit") {
  process.stdout.write(cli.stdout);
  process.stderr.write(cli.stderr);
  process.exit(cli.exitCode);
}

const log = createLog(cli.settings.logLevel);
const { logger } = log;

/** Ends the process with its log written; nothing else is waited for. */
function exit(code: number): never {
  log.flush();
  process.exit(code);
}

// A bug of ours: the state is unknown, so say so and end, instead of carrying on with it.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error) => {
    logger.fatal({ err: error }, event);
    exit(1);
  });
}

function crash(): never {
  logger.fatal("fault: crash");
  exit(1);
}

try {
  const connector = await startConnector(cli.settings, log, crash);
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, async () => {
      if (stopping) exit(1);
      stopping = true;
      logger.info({ signal, inFlight: connector.inFlight() }, "stopping");
      const cut = await connector.stop(LIMITS.drainMs);
      if (cut > 0) logger.warn({ cut }, "requests cut: they did not finish in time");
      exit(0);
    });
  }
  if (cli.settings.exitWithParent) {
    // A parent that was killed with SIGKILL cannot stop us; the system then gives us another parent.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 1000).unref();
  }
  process.stdout.write(`${JSON.stringify(connector.ready)}\n`);
  logger.info({ faults: cli.settings.fault }, "ready");
} catch (error) {
  if (!(error instanceof PortError)) throw error;
  const holder = portHolder(error.port);
  const by = holder === undefined ? "" : ` by process ${holder.pid} (${holder.command})`;
  process.stderr.write(
    error.code === "EADDRINUSE"
      ? `error: port ${error.port} is taken${by}; stop it, or choose other ports with --port-base\n`
      : `error: ${error.message}\n`,
  );
  // Like a wrong flag, a taken port is the user's to mend.
  exit(error.code === "EADDRINUSE" ? 2 : 1);
}
