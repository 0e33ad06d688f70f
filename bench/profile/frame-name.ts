import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Frame } from "./cpu-profile.ts";

/**
 * Names functions as a reader of the source knows them: `route targets/ilp/routing/router.ts:41`. Where a bundle has a map
 * beside it, that tells the file and line; Node's own keep their `node:net`, natives their name alone.
 *
 * @param from folder that paths are shown from
 */
export function frameNames(from: string): (frame: Frame) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const known = new Map<string, string>();
  return (frame) => {
    const { functionName, url, lineNumber, columnNumber } = frame;
    const key = `${functionName} ${url} ${lineNumber} ${columnNumber}`;
    const found = known.get(key) ?? nameOf(frame);
    known.set(key, found);
    return found;
  };

  function nameOf({ functionName, url, lineNumber, columnNumber }: Frame): string {
    const name = functionName || "(anonymous)";
    if (url === "") return name;
    if (!url.startsWith("file://"))
      return lineNumber < 0 ? `${name} ${url}` : `${name} ${url}:${lineNumber + 1}`;
    const file = fileURLToPath(url);
    if (!maps.has(file)) maps.set(file, mapOf(file));
    const entry = maps.get(file)?.findEntry(lineNumber, columnNumber);
    if (entry !== undefined && "originalSource" in entry) {
      const source = new URL(entry.originalSource, `${url}.map`);
      if (source.protocol === "file:")
        return `${name} ${shown(fileURLToPath(source))}:${entry.originalLine + 1}`;
    }
    return `${name} ${shown(file)}:${lineNumber + 1}`;
  }

  /** A package by its name: where npm put it is nobody's interest. */
  function shown(file: string): string {
    const path = relative(from, file);
    return path.replace(/^.*node_modules\//, "");
  }
}

function mapOf(file: string): SourceMap | undefined {
  const path = `${file}.map`;
  if (!existsSync(path)) return undefined;
  try {
    return new SourceMap(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // A map that cannot be read costs the names, not the profile.
    return undefined;
  }
}
