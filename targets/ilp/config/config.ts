import { KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { readClaimKeys } from "./claim-keys.ts";
import {
  type Contradiction,
  contradictions,
  type Environment,
  type NodeConfig,
  nodeSchema,
  toNodeConfig,
} from "./node-config.ts";
import { YamlSource } from "./yaml-source.ts";

/** No node's file is as long as this: whoever gives a longer one gave the wrong file. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** A file that is no node's: one line with the file, the line and the key, for the user to mend. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "bad-config";
}

/**
 * Reads a node's YAML file. What may be in it is said in node-config.ts, key by key.
 *
 * @param environment where `tokenEnv` is looked up
 * @throws ConfigError
 */
export function readConfig(path: string, environment: Environment = process.env): NodeConfig {
  let text: string;
  try {
    if (statSync(path).size > MAX_FILE_BYTES)
      throw new ConfigError(`${path}: longer than ${MAX_FILE_BYTES} bytes`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    // ENOTDIR: a file where a folder of files was meant.
    const missing = code === "ENOENT" || code === "ENOTDIR";
    throw new ConfigError(`${path}: ${missing ? "there is no such file" : message}`);
  }
  return parseConfig(text, path, environment);
}

/**
 * As {@link readConfig}, from text.
 *
 * @param file what messages call it
 */
export function parseConfig(text: string, file: string, environment: Environment = {}): NodeConfig {
  const source = new YamlSource(text);
  const { fault } = source;
  if (fault !== undefined) throw new ConfigError(`${file}:${fault.line}: ${fault.message}`);
  let value: unknown;
  try {
    value = source.value();
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`);
  }
  if (value === null || value === undefined) throw new ConfigError(`${file}: the file is empty`);
  const parsed = nodeSchema.safeParse(value);
  const keys = parsed.success ? readClaimKeys(parsed.data) : undefined;
  const faults = parsed.success
    ? [...contradictions(parsed.data, environment), ...keys!.faults]
    : parsed.error.issues.flatMap((issue) => faultsOf(issue, source));
  const [first] = faults
    .map(({ path, message }) => ({ line: source.lineOf(path), key: keyText(path), message }))
    // A key that is misspelt is also missing where it should be, and only the first says why.
    .sort((a, b) => Number(b.message === UNKNOWN) - Number(a.message === UNKNOWN) || a.line - b.line);
  if (first !== undefined) {
    const others = faults.length === 1 ? "" : ` (and ${faults.length - 1} more)`;
    const key = first.key === "" ? "" : `${first.key}: `;
    throw new ConfigError(`${file}:${first.line}: ${key}${first.message}${others}`);
  }
  return freeze(toNodeConfig(parsed.data!, environment, keys!.claims));
}

const UNKNOWN = "there is no such key";

/** What zod says, in words for someone who has the file before him. */
function faultsOf(issue: z.core.$ZodIssue, source: YamlSource): Contradiction[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: UNKNOWN }));
  if (issue.path.length > 0 && !source.has(issue.path)) return [{ path: issue.path, message: "is missing" }];
  const message = issue.message.replace(/^Invalid (input|option): /, "");
  return [{ path: issue.path, message: `${message[0]?.toLowerCase() ?? ""}${message.slice(1)}` }];
}

/** `peers[1].creditLimit` */
function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`))
    .join("");
}

function freeze<T>(value: T): T {
  // A key learns its own kind when it is asked for it, which a frozen one cannot.
  if (typeof value === "object" && value !== null && !(value instanceof KeyObject)) {
    for (const item of Object.values(value)) freeze(item);
    Object.freeze(value);
  }
  return value;
}
