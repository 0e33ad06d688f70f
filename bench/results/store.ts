import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { parseWindow, type Window } from "../windows/window.ts";
import { holdsProfile } from "./profiled.ts";
import { type ResourceSample, RUN_SCHEMA, type Run, resourceSampleSchema, runSchema } from "./run-schema.ts";
import { oneLine, readVersioned } from "./versioned-json.ts";

/** Where runs are kept unless the user says otherwise: results/ in the checkout. */
export const RESULTS = join(ROOT, "results");

/** The folder of one run. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
}

/** Makes the folder of a new run: 20261121T100000Z-stress-smoke, with a number behind it when that is taken. */
export function newRunFolder(root: string, scenario: string, profile: string, startedAt: Date): RunFolder {
  const stamp = startedAt.toISOString().replace(/[-:]|\.\d+/g, "");
  try {
    makeFolder(root);
    for (let n = 1; ; n++) {
      const id = `${stamp}-${scenario}-${profile}${n === 1 ? "" : `-${n}`}`;
      const path = join(root, id);
      try {
        mkdirSync(path);
        return { id, path };
      } catch (error) {
        // Another run began in the same second.
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  } catch (error) {
    throw new Failure("USAGE", `cannot write results to ${root}: ${(error as Error).message}`);
  }
}

/** Like mkdir -p. Node's own (24.21) never returns where a parent refuses with ENOENT, as /proc does. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (existsSync(path)) throw new Error(`ENOTDIR: ${path} is no folder`);
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

/** A name that newRunFolder gave, so that names sort by time. */
const STAMPED = /^\d{8}T\d{6}Z-/;

/** Writes a file whole or not at all: a reader never sees half of one. */
export function writeAtomic(file: string, content: string | Uint8Array): void {
  makeFolder(dirname(resolve(file)));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Checks a run against its schema, then writes its run.json. */
export function writeRun(folder: RunFolder, run: Run): void {
  writeAtomic(join(folder.path, "run.json"), `${JSON.stringify(runSchema.parse(run), null, 2)}\n`);
}

/**
 * Finds a run by its folder, its name in results/, or `latest`. Throws a Failure that names what there is.
 *
 * @param of what `latest` may be: `measured` leaves runs out that were profiled, whose target was slowed down on purpose
 */
export function findRun(
  reference: string,
  root: string = RESULTS,
  of: "measured" | "all" = "measured",
): RunFolder {
  const known = runsIn(root);
  if (reference === "latest") {
    const among = of === "all" ? known : known.filter((name) => !holdsProfile(join(root, name)));
    const newest = among.findLast((name) => STAMPED.test(name)) ?? among.at(-1);
    if (newest === undefined) {
      const why = known.length > 0 ? "no run that was not profiled" : "no run yet";
      throw new Failure("USAGE", `there is ${why}: npx plimsoll run basic-load`);
    }
    return { id: newest, path: join(root, newest) };
  }
  const candidates = [join(root, reference), ...(isAbsolute(reference) ? [reference] : [resolve(reference)])];
  const path = candidates
    .map((at) => (basename(at) === "run.json" ? dirname(at) : at))
    .find((at) => existsSync(join(at, "run.json")));
  if (path === undefined) {
    const newest = known.slice(-3).reverse().join(", ");
    throw new Failure("USAGE", `there is no run "${reference}"${newest ? `; the newest are ${newest}` : ""}`);
  }
  return { id: basename(path), path };
}

/** Names of the runs in a folder, oldest first; a Failure when it cannot be read. */
export function runsIn(root: string): string[] {
  if (!existsSync(root)) return [];
  try {
    return readdirSync(root)
      .filter((name) => existsSync(join(root, name, "run.json")))
      .sort();
  } catch (error) {
    throw new Failure("USAGE", `cannot read runs from ${root}: ${(error as Error).message}`);
  }
}

/** Reads a run back; a Failure in one line when it is truncated, of another version, or none of ours. */
export function readRun(folder: RunFolder): Run {
  return readVersioned(join(folder.path, "run.json"), "run", RUN_SCHEMA, runSchema);
}

/** Whether a run has any windows to draw charts from. */
export function hasWindows(folder: RunFolder): boolean {
  return existsSync(join(folder.path, "windows.ndjson"));
}

/** Told of a file whose last line was cut, when its run was killed or its disk was full; without one that is a Failure. */
export type OnCut = (file: string) => void;

/** The windows of a run, one at a time; none for a run that was cut before the first. */
export function windowsOf(folder: RunFolder, onCut?: OnCut): AsyncGenerator<Window> {
  return recordsOf(folder, "windows.ndjson", parseWindow, onCut);
}

/** What the processes of a run used, second by second. */
export function resourcesOf(folder: RunFolder, onCut?: OnCut): AsyncGenerator<ResourceSample> {
  return recordsOf(folder, "resources.ndjson", (line) => resourceSampleSchema.parse(JSON.parse(line)), onCut);
}

async function* recordsOf<T>(
  folder: RunFolder,
  name: string,
  read: (line: string) => T,
  onCut: OnCut | undefined,
): AsyncGenerator<T> {
  const file = join(folder.path, name);
  const unterminated = onCut && lastLineIsOpen(file);
  let last: string | undefined;
  for await (const line of linesOf(file)) {
    if (last !== undefined) yield whole(folder, name, () => read(last as string));
    last = line;
  }
  if (last === undefined) return;
  let record: T;
  try {
    record = whole(folder, name, () => read(last as string));
  } catch (error) {
    if (!unterminated) throw error;
    onCut(file);
    return;
  }
  yield record;
}

/** Whether a file ends in the middle of a line. */
function lastLineIsOpen(file: string): boolean {
  if (!existsSync(file)) return false;
  const opened = openSync(file, "r");
  try {
    const { size } = fstatSync(opened);
    const end = Buffer.alloc(1);
    return size > 0 && readSync(opened, end, 0, 1, size - 1) === 1 && end[0] !== 0x0a;
  } finally {
    closeSync(opened);
  }
}

/** A line that cannot be read was most likely cut when the run was killed. */
function whole<T>(folder: RunFolder, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Failure("USAGE", `${join(folder.path, file)} is cut or not ours: ${oneLine(error)}`);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  if (!existsSync(file)) return;
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) if (line !== "") yield line;
}
