import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { k6Binary, ROOT } from "../paths.ts";
import type { Run } from "../results/run-schema.ts";

/** Versions of everything a figure may depend on. */
export async function versionsOf(): Promise<Run["versions"]> {
  return { plimsoll: versionOfPlimsoll(), node: process.version, k6: await k6Version() };
}

export function versionOfPlimsoll(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}

async function k6Version(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(k6Binary(), ["version"]);
    return /v\d[^\s)]*/.exec(stdout)?.[0] ?? stdout.split("\n")[0] ?? "unknown";
  } catch {
    return "unknown";
  }
}
