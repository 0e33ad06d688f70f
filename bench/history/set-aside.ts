import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { writeAtomic } from "../results/store.ts";
import { ARCHIVED, archiveFile, entryIn, histories, historyFile, historyFolder } from "./store.ts";

/**
 * Moves what of a history and its archive cannot be read into history/unreadable/: lines to <name>.ndjson, whole archives
 * that cannot be unpacked to <name>.ndjson.gz. One of them stops trends, flakes and summaries, and CI hands it on from job
 * to job.
 *
 * @returns what was moved, a line each
 */
export function setAside(results: string): string[] {
  return [
    ...histories(results).flatMap((name) => {
      const file = historyFile(results, name);
      return sieve(results, name, file, readFileSync(file, "utf8"), (whole) => whole);
    }),
    ...archives(results).flatMap((name) => {
      const file = archiveFile(results, name);
      const packed = readFileSync(file);
      let text: string;
      try {
        text = gunzipSync(packed).toString();
      } catch {
        renameSync(file, free(unreadable(results), name, ARCHIVED));
        return [`${file}, which cannot be unpacked`];
      }
      return sieve(results, name, file, text, gzipSync);
    }),
  ];
}

/** Leaves the lines of a file that can be read; the others go to where they were moved before. */
function sieve(
  results: string,
  name: string,
  file: string,
  text: string,
  pack: (text: string) => string | Uint8Array,
): string[] {
  const lines = text
    .split("\n")
    .map((line, i) => ({ line, at: i + 1, entry: line === "" ? undefined : entryIn(line) }));
  const bad = lines.filter(({ entry }) => typeof entry === "string");
  if (bad.length === 0) return [];
  // There first: killed in between, a line is in both files, and never in neither.
  appendFileSync(join(unreadable(results), `${name}.ndjson`), bad.map(({ line }) => `${line}\n`).join(""));
  const good = lines.filter(({ entry }) => typeof entry === "object");
  writeAtomic(file, pack(good.map(({ line }) => `${line}\n`).join("")));
  return bad.map(({ at, entry }) => `${file}, line ${at}: ${entry}`);
}

function unreadable(results: string): string {
  const folder = join(historyFolder(results), "unreadable");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Names that something was archived of. */
function archives(results: string): string[] {
  const folder = join(historyFolder(results), "archive");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(ARCHIVED))
    .map((file) => file.slice(0, -ARCHIVED.length))
    .sort();
}

/** The first name that is not taken, so that nothing is written over: `<name>.ndjson.gz`, `<name>-2.ndjson.gz`. */
function free(folder: string, name: string, ending: string): string {
  for (let n = 1; ; n++) {
    const file = join(folder, `${name}${n === 1 ? "" : `-${n}`}${ending}`);
    if (!existsSync(file)) return file;
  }
}
