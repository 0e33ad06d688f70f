import { join } from "node:path";
import { nodeFlagsOf } from "../paths.ts";
import { atPort, nameOf, type Source } from "./source.ts";

/** How a build is started. */
export interface Launch {
  readonly name: string;
  /** Variant of the bundled connector that is called. */
  readonly variant: string;
  /** For a shell, at a port; the port is in $PORT too. */
  readonly command: (port: number) => string;
  readonly cwd: string | undefined;
  /** Prints {"ready":true,...}; else it is ready when its port accepts. */
  readonly saysReady: boolean;
}

/** A command of the user's is started as it is; a commit by what the user said starts one, in its checkout. */
export function launchOf(
  source: Source,
  variant: string,
  checkout: string | undefined,
  start: string | undefined,
): Launch {
  const command = source.kind === "command" ? source.command : start;
  const shared = { name: nameOf(source), variant, cwd: checkout };
  if (command !== undefined) return { ...shared, saysReady: false, command: (port) => atPort(command, port) };
  return { ...shared, saysReady: true, command: (port) => connector(checkout as string, variant, port) };
}

/** The bundled connector of a checkout of ours, with Node's flags of this one, so that both builds have the same. */
function connector(checkout: string, variant: string, port: number): string {
  const words = [
    process.execPath,
    ...nodeFlagsOf("connector"),
    join(checkout, "dist", "targets", "connector.mjs"),
    ...["--port-base", String(port), "--admin-port", "0", "--grpc-port", "0", "--variants", variant],
    "--exit-with-parent",
  ];
  return `exec ${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")}`;
}
