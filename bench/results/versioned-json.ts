import { readFileSync } from "node:fs";
import type { z } from "zod";
import { Failure } from "../failure.ts";

/**
 * Reads a file of ours; a Failure in one line when it is truncated, of another version, or none of ours.
 *
 * @param what `run`
 * @param version what its `schema` must say
 */
export function readVersioned<T>(file: string, what: string, version: number, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure("USAGE", `${file} cannot be read as a ${what}: ${oneLine(error)}`);
  }
  const found = (json as { schema?: unknown } | null)?.schema;
  if (found === undefined)
    throw new Failure("USAGE", `${file} has no schema: it is no ${what} of plimsoll's`);
  if (found !== version) {
    throw new Failure("USAGE", `${file} has schema ${String(found)}; this plimsoll reads ${version}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure(
    "USAGE",
    `${file} is not a whole ${what}: ${issue?.path.join(".")}: ${issue?.message}; an older plimsoll may have written it`,
  );
}

/** V8 quotes what it could not parse, line breaks and all. */
export function oneLine(error: unknown): string {
  return (error as Error).message.replace(/\p{Cc}+/gu, " ");
}
