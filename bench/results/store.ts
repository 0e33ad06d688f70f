import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { parseWindow, type Window } from "../windows/window.ts";
import { type ResourceSample, RUN_SCHEMA, type Run, resourceSampleSchema, runSchema } from "./run-schema.ts";

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
function makeFolder(path: string): void {
  if (existsSync(path)) return;
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
  mkdirSync(dirname(file), { recursive: true });
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
 */
export function findRun(reference: string, root: string = RESULTS): RunFolder {
  const known = runsIn(root);
  if (reference === "latest") {
    const newest = known.findLast((name) => STAMPED.test(name)) ?? known.at(-1);
    if (newest === undefined) throw new Failure("USAGE", "there is no run yet: npx plimsoll run basic-load");
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

/** Names of the runs in a folder, oldest first. */
function runsIn(root: string): string[] {
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
  const file = join(folder.path, "run.json");
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure("USAGE", `${file} cannot be read as a run: ${oneLine(error)}`);
  }
  const version = (json as { schema?: unknown } | null)?.schema;
  if (version !== RUN_SCHEMA) {
    throw new Failure("USAGE", `${file} has schema ${String(version)}; this plimsoll reads ${RUN_SCHEMA}`);
  }
  const parsed = runSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure("USAGE", `${file} is not a whole run: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** V8 quotes what it could not parse, line breaks and all. */
function oneLine(error: unknown): string {
  return (error as Error).message.replace(/\p{Cc}+/gu, " ");
}

/** Whether a run has any windows to draw charts from. */
export function hasWindows(folder: RunFolder): boolean {
  return existsSync(join(folder.path, "windows.ndjson"));
}

/** The windows of a run, one at a time; none for a run that was cut before the first. */
export async function* windowsOf(folder: RunFolder): AsyncGenerator<Window> {
  for await (const line of linesOf(join(folder.path, "windows.ndjson")))
    yield whole(folder, "windows.ndjson", () => parseWindow(line));
}

/** What the processes of a run used, second by second. */
export async function* resourcesOf(folder: RunFolder): AsyncGenerator<ResourceSample> {
  for await (const line of linesOf(join(folder.path, "resources.ndjson"))) {
    yield whole(folder, "resources.ndjson", () => resourceSampleSchema.parse(JSON.parse(line)));
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
