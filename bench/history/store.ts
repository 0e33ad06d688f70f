import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { baselineOf } from "../baseline/baseline.ts";
import { Failure } from "../failure.ts";
import type { Run } from "../results/run-schema.ts";
import { readRun, resourcesOf, runsIn, windowsOf, writeAtomic } from "../results/store.ts";
import { oneLine } from "../results/versioned-json.ts";
import { WindowError } from "../windows/window.ts";
import { type Entry, entryOf, entrySchema } from "./entry.ts";

/** Where the history of the runs in a results folder is. */
export function historyFolder(results: string): string {
  return join(results, "history");
}

const ENDING = ".ndjson";
export const ARCHIVED = ".ndjson.gz";

function nameOf({ scenario, profile }: { readonly scenario: string; readonly profile: string }): string {
  return `${scenario}.${profile}`;
}

/** Names, `<scenario>.<profile>`, that there is a history of; sorted. */
export function histories(results: string): string[] {
  const folder = historyFolder(results);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

/** The history of a scenario in a profile, oldest run first; none when there is no file. */
export function readHistory(results: string, name: string): Entry[] {
  const file = historyFile(results, name);
  return existsSync(file) ? entriesIn(textOf(file), file) : [];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure("USAGE", `${file} cannot be read: ${oneLine(error)}`);
  }
}

/** What was archived of it, oldest run first. */
export function readArchive(results: string, name: string): Entry[] {
  const file = archiveFile(results, name);
  if (!existsSync(file)) return [];
  try {
    return entriesIn(gunzipSync(readFileSync(file)).toString(), file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("USAGE", `${file} cannot be read as an archive: ${oneLine(error)}; ${TO_MEND}`);
  }
}

export function historyFile(results: string, name: string): string {
  return join(historyFolder(results), name + ENDING);
}

export function archiveFile(results: string, name: string): string {
  return join(historyFolder(results), "archive", name + ARCHIVED);
}

const TO_MEND = "npx plimsoll archive sets it aside";

function entriesIn(text: string, file: string): Entry[] {
  const entries = text.split("\n").flatMap((line, i) => {
    if (line === "") return [];
    const entry = entryIn(line);
    if (typeof entry === "string") throw new Failure("USAGE", `${file}, line ${i + 1}: ${entry}; ${TO_MEND}`);
    return [entry];
  });
  return inOrder(entries);
}

/** What a line says, or why it is no line of history. */
export function entryIn(line: string): Entry | string {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (error) {
    return error instanceof SyntaxError ? oneLine(error) : "not a line of history";
  }
}

function text(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** Each run once, oldest first: git may have merged two histories, and an archive that was cut wrote some twice. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const once = new Map(entries.map((entry) => [entry.run, entry]));
  return [...once.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.run < b.run ? -1 : 1));
}

/** Told of runs that are no part of the history. */
export interface LeftOut {
  /** Its run.json is truncated, of another version, or none of ours. */
  readonly unreadable?: (why: Failure) => void;
  /** It was cut, or too short, or measured nothing; `name` is that of its history. */
  readonly unfit?: (name: string, why: Failure) => void;
}

/**
 * Takes into the history what is new in a results folder: whole runs that measured their target. History stays when the
 * folders of runs go.
 *
 * @param only the one history, `<scenario>.<profile>`, that is of interest: no other is read or written
 * @returns how many runs were added
 * @throws Failure for a history or an archive that cannot be read
 */
export async function record(results: string, leftOut: LeftOut = {}, only?: string): Promise<number> {
  const known = new Set<string>();
  for (const name of only === undefined ? histories(results) : [only])
    for (const { run } of [...readHistory(results, name), ...readArchive(results, name)]) known.add(run);
  const fresh = new Map<string, Entry[]>();
  let added = 0;
  for (const id of runsIn(results)) {
    if (known.has(id)) continue;
    const entry = await entryOrNone({ id, path: join(results, id) }, leftOut, only);
    if (entry === undefined) continue;
    const name = nameOf(entry);
    fresh.set(name, [...(fresh.get(name) ?? []), entry]);
    added++;
  }
  for (const [name, entries] of fresh) write(results, name, [...readHistory(results, name), ...entries]);
  return added;
}

function write(results: string, name: string, entries: readonly Entry[]): void {
  try {
    writeAtomic(historyFile(results, name), text(inOrder(entries)));
  } catch (error) {
    throw new Failure("USAGE", `cannot write history to ${results}: ${(error as Error).message}`);
  }
}

/** Undefined for a run that was left out, or is of no interest. */
async function entryOrNone(
  folder: { id: string; path: string },
  { unreadable, unfit }: LeftOut,
  only: string | undefined,
): Promise<Entry | undefined> {
  let run: Run;
  try {
    run = readRun(folder);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    unreadable?.(error);
    return undefined;
  }
  if (only !== undefined && nameOf(run.plan) !== only) return undefined;
  try {
    return entryOf(folder, run, await baselineOf(run, windowsOf(folder), resourcesOf(folder)));
  } catch (error) {
    if (error instanceof WindowError) return undefined;
    if (!(error instanceof Failure)) throw error;
    unfit?.(nameOf(run.plan), error);
    return undefined;
  }
}

/** How much history there is unless the user says otherwise; what is older is no evidence of how things are. */
export const KEPT: Kept = { days: 90, runs: 300 };

export interface Kept {
  /** Entries older than this many days go. */
  readonly days: number;
  /** Of what is left, the newest so many stay. */
  readonly runs: number;
}

/**
 * Moves what is old out of each history into results/history/archive/<name>.ndjson.gz.
 *
 * @returns how many entries went, and how many stay, by name
 */
export function archive(
  results: string,
  { days, runs }: Kept,
  nowMs: number,
): Map<string, { archived: number; kept: number }> {
  const moved = new Map<string, { archived: number; kept: number }>();
  for (const name of histories(results)) {
    const all = readHistory(results, name);
    const young = all.filter(({ at }) => nowMs - Date.parse(at) <= days * 86_400_000);
    const kept = young.slice(Math.max(0, young.length - runs));
    const old = all.filter((entry) => !kept.includes(entry));
    if (old.length > 0) {
      const packed = gzipSync(text(inOrder([...readArchive(results, name), ...old])));
      // The archive first: killed in between, an entry is in both until the next time, and never in neither.
      mkdirSync(join(historyFolder(results), "archive"), { recursive: true });
      writeAtomic(archiveFile(results, name), packed);
      write(results, name, kept);
    }
    moved.set(name, { archived: old.length, kept: kept.length });
  }
  return moved;
}
