import { type Command, InvalidArgumentError, Option } from "commander";
import type { ProfileName } from "../../scenarios/lib/plan.ts";
import { checkAddress } from "../../wire/address.ts";
import { RESULTS } from "../results/store.ts";
import { wholeNumber } from "../whole-number.ts";

/** What every command that loads a target lets its user say. */
export interface LoadFlags {
  readonly profile: ProfileName;
  readonly url?: string;
  readonly targetCmd?: string;
  readonly portBase?: number;
  readonly rate?: number;
  readonly vus?: number;
  readonly seconds?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly out: string;
}

/** @param profile the one that is taken unless said */
export function loadOptions(command: Command, profile: ProfileName = "full"): Command {
  return command
    .addOption(
      new Option("--profile <name>", "how long and how hard").choices(["smoke", "full"]).default(profile),
    )
    .option("--url <url>", "load a server that is already there, not the bundled target", url)
    .option(
      "--target-cmd <command>",
      "start this as the target; with --url it is ready when that port accepts",
      filled,
    )
    .option(
      "--port-base <n>",
      "first port of the bundled target (default: 8080; Interledger: 3000); 0, HTTP only: any that are free",
      wholeNumber(0, 65_000),
    )
    .option("--rate <n>", "peak arrivals a second of an open-model scenario", wholeNumber(0))
    .option("--vus <n>", "peak callers of a closed-model scenario; most VUs of an open one", wholeNumber(1))
    .option(
      "--seconds <n>",
      "length of the load without warm-up; the stages keep their shape",
      wholeNumber(1),
    )
    .option(
      "-e, --env <NAME=value>",
      "tell the script, as k6's own -e; of packets: TOKEN, DESTINATION, SECRET; of chain: HUB, HOPS",
      pairs,
    )
    .option("--out <dir>", "folder that gets a folder for each run", filled, RESULTS);
}

function filled(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

export function url(text: string): string {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new InvalidArgumentError(
      "It looks like http://127.0.0.1:8200, or for packets ws://127.0.0.1:3000.",
    );
  }
  if (!/^(http|ws)s?:$/.test(parsed.protocol)) {
    throw new InvalidArgumentError("It starts with http://, https://, ws:// or wss://.");
  }
  return text.replace(/\/+$/, "");
}

/** What plimsoll itself tells the script. */
const OURS = ["PROFILE", "RATE", "VUS", "SECONDS", "BASE_URL", "VARIANTS"];

function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("It looks like TOKEN=alice-token.");
  if (OURS.includes(name)) throw new InvalidArgumentError(`${name} has a flag of its own.`);
  if (name === "DESTINATION") ilpAddress(value);
  return { ...before, [name]: value };
}

/** An address that k6's script would stumble over, told before anything is started. */
function ilpAddress(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    checkAddress(bytes, 0, bytes.length);
  } catch (error) {
    throw new InvalidArgumentError(`DESTINATION looks like test.a.bob: ${(error as Error).message}.`);
  }
}
