import { createWriteStream, readFileSync, rmSync, statSync } from "node:fs";
import { finished } from "node:stream/promises";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { bytes } from "../format.ts";
import type { Inspector } from "./inspector.ts";

const chunkSchema = z.object({ chunk: z.string() });

/**
 * Writes a heap snapshot of a process to a file that Chrome DevTools opens. V8 collects all garbage first and stands still
 * until the snapshot is made. Half of one is of use to nobody: none is left when it fails, or when we end meanwhile.
 *
 * @returns bytes of the file
 */
export async function takeHeapSnapshot(inspector: Inspector, file: string): Promise<number> {
  const remove = () => rmSync(file, { force: true });
  process.once("exit", remove);
  const out = createWriteStream(file);
  const closed = finished(out);
  // Awaited below; a full disk must not end us before that.
  closed.catch(() => {});
  let written = 0;
  // It comes faster than a disk takes it, and may be larger than what memory is left beside the load.
  const goOn = () => inspector.resume();
  out.on("drain", goOn).on("error", goOn);
  inspector.on("HeapProfiler.addHeapSnapshotChunk", (params) => {
    const { chunk } = chunkSchema.parse(params);
    written += Buffer.byteLength(chunk);
    // What comes after the disk was full is heard to the end all the same: answers come behind it.
    if (!out.destroyed && !out.write(chunk)) inspector.pause();
  });
  try {
    await inspector.send("HeapProfiler.enable");
    await inspector.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
    await inspector.send("HeapProfiler.disable");
    out.end();
    await closed;
    return written;
  } catch (error) {
    out.destroy();
    await closed.catch(() => {});
    remove();
    throw error;
  } finally {
    goOn();
    process.off("exit", remove);
  }
}

/** The part of V8's format that tells how much there is of what; `nodes` is a table, row after row. */
const snapshotSchema = z.object({
  snapshot: z.object({
    meta: z.object({ node_fields: z.array(z.string()), node_types: z.array(z.unknown()) }),
  }),
  nodes: z.array(z.number()),
  strings: z.array(z.string()),
});

/** Objects of one kind: how many, and the bytes they hold themselves. */
export interface Kind {
  readonly count: number;
  readonly bytes: number;
}

/** A larger file is more than a string can hold (ERR_STRING_TOO_LONG), or its tables than our own heap can. */
const MOST_READ_BYTES = 256 * 1024 * 1024;

/**
 * What a snapshot holds. Objects with a constructor go by its name, all else by V8's own type: `(string)`, `(array)`, `(closure)`.
 *
 * @throws Failure FAULT for a file too large for us; Chrome DevTools has its own bounds
 */
export function kindsOf(file: string): Map<string, Kind> {
  const fileBytes = statSync(file).size;
  if (fileBytes > MOST_READ_BYTES)
    throw new Failure("FAULT", `a snapshot of ${bytes(fileBytes)} is too large to be read here`);
  const { snapshot, nodes, strings } = snapshotSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ["type", "name", "self_size"].map((field) => fields.indexOf(field));
  const typeNames = z.array(z.string()).parse(types[type as number]);
  const kinds = new Map<string, { count: number; bytes: number }>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const of = typeNames[nodes[at + (type as number)] as number] as string;
    const key = of === "object" ? (strings[nodes[at + (name as number)] as number] as string) : `(${of})`;
    const kind = kinds.get(key) ?? { count: 0, bytes: 0 };
    kind.count++;
    kind.bytes += nodes[at + (size as number)] as number;
    kinds.set(key, kind);
  }
  return kinds;
}

export interface Grown {
  readonly kind: string;
  readonly before: Kind;
  readonly after: Kind;
}

const NONE: Kind = { count: 0, bytes: 0 };

/** Kinds of objects of which there are more bytes than before, most first. */
export function grown(
  before: ReadonlyMap<string, Kind>,
  after: ReadonlyMap<string, Kind>,
  most: number,
): Grown[] {
  return [...after]
    .map(([kind, now]) => ({ kind, before: before.get(kind) ?? NONE, after: now }))
    .filter(({ before, after }) => after.bytes > before.bytes)
    .sort((a, b) => b.after.bytes - b.before.bytes - (a.after.bytes - a.before.bytes))
    .slice(0, most);
}
