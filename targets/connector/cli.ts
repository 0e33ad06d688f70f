import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ConnectorSettings } from "./connector.ts";
import { FAULT_FORMS, FaultError, parseFaults } from "./fault.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { DEFAULT_CHAIN, VARIANTS, type Variant } from "./variants.ts";

export interface CliSettings extends ConnectorSettings {
  readonly logLevel: LogLevel;
  readonly exitWithParent: boolean;
}

/** What the command line came to: settings to run with, or text to print and an exit code. */
export type CliResult =
  | { readonly kind: "run"; readonly settings: CliSettings }
  | { readonly kind: "exit"; readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Ports stay where they are when variants are added: gRPC is a fixed step above the base. */
export const GRPC_PORT_OFFSET = 20;
const DEFAULT_PORT_BASE = 8080;
const DEFAULT_ADMIN_PORT = 9464;

/**
 * Reads the command line; prints and exits nothing itself.
 *
 * @param args without the interpreter and the script
 */
export function parseCli(args: readonly string[]): CliResult {
  let stdout = "";
  let stderr = "";
  const command = connectorCommand()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    });
  try {
    command.parse([...args], { from: "user" });
    return { kind: "run", settings: toSettings(command.opts()) };
  } catch (error) {
    if (error instanceof FaultError) {
      return { kind: "exit", exitCode: 2, stdout: "", stderr: `error: ${error.message}\n` };
    }
    if (!(error instanceof CommanderError)) throw error;
    return { kind: "exit", exitCode: error.exitCode === 0 ? 0 : 2, stdout, stderr };
  }
}

interface Flags {
  host: string;
  portBase: number;
  adminPort?: number;
  grpcPort?: number;
  variants: readonly Variant[];
  fault: string[];
  seed: number;
  logLevel: LogLevel;
  otlpEndpoint?: string;
  exitWithParent: boolean;
  timeout: number;
  bulkhead: number;
  bulkheadQueue: number;
  breakerFailures: number;
  breakerHalfOpen: number;
  retries: number;
  fallback: boolean;
  authToken?: string;
  rateLimit?: number;
}

function toSettings(flags: Flags): CliSettings {
  const ephemeral = flags.portBase === 0;
  return {
    host: flags.host,
    portBase: flags.portBase,
    adminPort: flags.adminPort ?? (ephemeral ? 0 : DEFAULT_ADMIN_PORT),
    grpcPort: flags.grpcPort ?? (ephemeral ? 0 : flags.portBase + GRPC_PORT_OFFSET),
    variants: flags.variants,
    fault: parseFaults(flags.fault),
    seed: flags.seed,
    logLevel: flags.logLevel,
    exitWithParent: flags.exitWithParent,
    ...(flags.otlpEndpoint === undefined ? {} : { otlpEndpoint: flags.otlpEndpoint }),
    chain: {
      ...DEFAULT_CHAIN,
      timeoutMs: flags.timeout,
      bulkheadConcurrency: flags.bulkhead,
      bulkheadQueue: flags.bulkheadQueue,
      breakerFailures: flags.breakerFailures,
      breakerHalfOpenMs: flags.breakerHalfOpen,
      retryAttempts: flags.retries,
      fallback: flags.fallback,
      ...(flags.authToken === undefined ? {} : { authToken: flags.authToken }),
      ...(flags.rateLimit === undefined ? {} : { rateLimit: flags.rateLimit }),
    },
  };
}

function connectorCommand(): Command {
  return new Command("connector")
    .usage("[flags]")
    .description(
      "A ConnectRPC greeter with an interceptor chain, one port per variant, to be loaded and hurt.",
    )
    .option(
      "--port-base <n>",
      "port of the first variant (full); 0: the system picks every port",
      wholeNumber(0, 65_535 - GRPC_PORT_OFFSET),
      DEFAULT_PORT_BASE,
    )
    .option("--admin-port <n>", `port of /health and /metrics (default: ${DEFAULT_ADMIN_PORT})`, port)
    .option(
      "--grpc-port <n>",
      `port for gRPC and Connect over h2c (default: port base + ${GRPC_PORT_OFFSET})`,
      port,
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(
      new Option("--variants <list>", "variants to start, with commas; ports stay where they are")
        .argParser(variantList)
        .default(VARIANTS, "all"),
    )
    .addOption(
      new Option("--fault <spec>", "hurt the service behind the chain; see below")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--seed <n>", "seed of the faults' randomness", wholeNumber(0, 0xffff_ffff), 1)
    .addOption(
      new Option("--log-level <level>", "requests are logged at info").choices(LOG_LEVELS).default("info"),
    )
    .addOption(
      new Option("--otlp-endpoint <url>", "OTLP/HTTP collector the variant tracing-otlp exports to")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT")
        .argParser(httpUrl),
    )
    .option("--timeout <ms>", "timeout interceptor", wholeNumber(1, 3_600_000), DEFAULT_CHAIN.timeoutMs)
    .option(
      "--bulkhead <n>",
      "calls at once in the chain",
      wholeNumber(1, 1_000_000),
      DEFAULT_CHAIN.bulkheadConcurrency,
    )
    .option(
      "--bulkhead-queue <n>",
      "calls that wait for a slot",
      wholeNumber(0, 1_000_000),
      DEFAULT_CHAIN.bulkheadQueue,
    )
    .option(
      "--breaker-failures <n>",
      "server faults in a row that open the breaker",
      wholeNumber(1, 1_000_000),
      DEFAULT_CHAIN.breakerFailures,
    )
    .option(
      "--breaker-half-open <ms>",
      "until it lets a call through again",
      wholeNumber(1, 3_600_000),
      DEFAULT_CHAIN.breakerHalfOpenMs,
    )
    .option(
      "--retries <n>",
      "further tries after Unavailable or ResourceExhausted",
      wholeNumber(0, 100),
      DEFAULT_CHAIN.retryAttempts,
    )
    .option("--fallback", "put the fallback interceptor into the full chain", false)
    .option("--auth-token <token>", "require this bearer token, in the variants full and auth", nonEmpty)
    .option("--rate-limit <n>", "calls a second, in the variants full and rate-limit", positive)
    .option("--exit-with-parent", "end when the process that started this one is gone", false)
    .addHelpText("after", helpAfter())
    .allowExcessArguments(false)
    .helpOption("-h, --help", "show this text");
}

function helpAfter(): string {
  const faults = FAULT_FORMS.map(([form, meaning]) => `  ${form.padEnd(18)}${meaning}`).join("\n");
  const examples = [
    "  node targets/connector/main.ts",
    "  node targets/connector/main.ts --fault latency=200ms",
    "  node targets/connector/main.ts --fault latency=5ms,slow=50ms@20% --fault error-rate=1%",
    "  node targets/connector/main.ts --port-base 0 --variants full,none --log-level warn",
  ].join("\n");
  return `\nFaults (several with commas or by repeating --fault; durations in ms, s or m):\n${faults}\n\nVariants:\n  ${VARIANTS.join(", ")}\n\nExamples:\n${examples}\n`;
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

const port = wholeNumber(0, 65_535);

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("Give a number above 0.");
  }
  return value;
}

function nonEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

function httpUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new InvalidArgumentError("Give an http:// or https:// URL.");
  }
  return text;
}

function variantList(text: string): Variant[] {
  const names = new Set(text.split(",").map((name) => name.trim()));
  const unknown = [...names].filter((name) => !VARIANTS.includes(name as Variant));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `No such variant: ${unknown.join(", ")}. There are ${VARIANTS.join(", ")}.`,
    );
  }
  return VARIANTS.filter((variant) => names.has(variant));
}
