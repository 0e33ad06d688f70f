import { escape as escaped } from "@influxdata/influxdb-client";
import type { Address } from "./address.ts";
import { PRECISION } from "./point.ts";

/** What a server answered, or why it did not. */
export interface Answer {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Its own words on what is wrong, in a line; empty when there are none. */
  readonly error: string;
  /** What it calls its version; undefined when it is no InfluxDB, or hides it. */
  readonly version: string | undefined;
}

/** More of an answer than this is not read: errors are a line. */
const MAX_BYTES = 64 << 10;
const LONGEST_ERROR = 300;

/** Writes lines; with none it only asks whether they would be taken. */
export function write(to: Address, lines: readonly string[], signal: AbortSignal): Promise<Answer> {
  const query = new URLSearchParams({ db: to.database, precision: PRECISION });
  return post(to, `/write?${query}`, "text/plain; charset=utf-8", lines.join("\n"), signal);
}

/** Makes the database; nothing happens to one that is there. */
export function createDatabase(to: Address, signal: AbortSignal): Promise<Answer> {
  const q = `CREATE DATABASE ${escaped.quoted(to.database)}`;
  return post(to, "/query", "application/x-www-form-urlencoded", `${new URLSearchParams({ q })}`, signal);
}

async function post(
  { origin, authorization }: Address,
  path: string,
  type: string,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const answer = await fetch(`${origin}${path}`, {
      method: "POST",
      body,
      // Credentials must not follow a redirect to where the user did not send them.
      redirect: "manual",
      signal,
      headers: { "content-type": type, ...(authorization !== undefined && { authorization }) },
    });
    return {
      status: answer.status,
      error: errorIn(await beginningOf(answer)),
      version: answer.headers.get("x-influxdb-version") ?? undefined,
    };
  } catch (error) {
    return { status: 0, error: reasonOf(error as Error), version: undefined };
  }
}

async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop cancels the rest.
    if (bytes > MAX_BYTES) break;
  }
  return text;
}

/** `{"error":"..."}`, or of a query that was understood and not carried out `{"results":[{"error":"..."}]}`. */
function errorIn(body: string): string {
  let said: unknown;
  try {
    const json = JSON.parse(body) as { error?: unknown; results?: { error?: unknown }[] } | null;
    said = json?.error ?? json?.results?.find?.((result) => result?.error !== undefined)?.error;
  } catch {
    said = body;
  }
  return typeof said === "string" ? oneLine(said) : "";
}

/** Why there was no answer: undici says it in the cause. */
function reasonOf(error: Error): string {
  if (error.name === "TimeoutError" || error.name === "AbortError") return "no answer in time";
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return oneLine(cause?.code ?? cause?.message ?? error.message);
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST_ERROR);
}
