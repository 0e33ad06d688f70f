import { bytes, count, percent, significant } from "../format.ts";
import { type Call, type TopFrame, topFrames } from "./call-tree.ts";
import type { Grown } from "./heap.ts";

const MOST_FRAMES = 15;
const MOST_KINDS = 8;
const NAME = 58;

/**
 * What a person reads of a profile on the terminal, and in top.txt: 80 columns.
 *
 * @param heap what grew, or why that cannot be told; undefined where nobody asked
 */
export function profileText(
  process: string,
  tree: Call,
  heap: readonly Grown[] | string | undefined,
): string {
  const seconds = significant(tree.totalUs / 1e6);
  return [
    `  ${process}: functions by their own share of ${seconds} s at work`,
    "",
    `  ${"own".padStart(6)} ${"in all".padStart(7)}   function`,
    ...topFrames(tree, MOST_FRAMES).map(frameLine),
    ...(heap === undefined ? [] : ["", ...heapLines(heap)]),
    "",
  ].join("\n");
}

function frameLine({ name, selfShare, totalShare }: TopFrame): string {
  const share = (value: number, width: number) => `${(100 * value).toFixed(1)} %`.padStart(width);
  return `  ${share(selfShare, 6)} ${share(totalShare, 7)}   ${cut(name)}`;
}

function heapLines(grown: readonly Grown[] | string): string[] {
  if (typeof grown === "string") return [`  heap: ${grown}`];
  if (grown.length === 0) return ["  heap: nothing grew between the two snapshots"];
  return [
    "  heap: what grew between the two snapshots",
    "",
    `  ${"more".padStart(9)} ${"objects".padStart(10)}   kind`,
    ...grown.slice(0, MOST_KINDS).map(({ kind, before, after }) => {
      const more = bytes(after.bytes - before.bytes);
      return `  ${more.padStart(9)} ${signedCount(after.count - before.count).padStart(10)}   ${cut(kind)}`;
    }),
  ];
}

const signedCount = (n: number) => (n < 0 ? count(n) : `+${count(n)}`);

/** Of a long name the folders go first: the function, the file and its line tell more. */
function cut(name: string): string {
  if (name.length <= NAME) return name;
  const [, of = name, where = ""] = /^(.*) (\S+)$/.exec(name) ?? [];
  const folders = where.split("/");
  while (folders.length > 1 && of.length + 3 + folders.join("/").length > NAME) folders.shift();
  const short = `${of} …/${folders.join("/")}`;
  return short.length <= NAME ? short : `${name.slice(0, NAME - 1)}…`;
}

/**
 * What went wrong with the load: what was sampled may then be the target in trouble, and not at work.
 *
 * @param dropped arrivals that never started
 * @returns undefined when all went well
 */
export function unsteadyText(
  { yes, no }: { readonly yes: number; readonly no: number },
  dropped: number,
): string | undefined {
  const what = [
    ...(yes > 0 ? [`${count(yes)} of ${count(yes + no)} requests failed`] : []),
    ...(dropped > 0 ? [`${count(dropped)} arrivals were dropped`] : []),
  ];
  return what.length === 0 ? undefined : `the load was not steady: ${what.join(", ")}`;
}

/** A sentence on what the sampler itself cost. */
export function overheadText(overhead: number | undefined): string {
  if (overhead === undefined)
    return "what sampling cost cannot be told: too few seconds without it, or with it";
  const more = `${overhead < 0 ? "" : "+"}${percent(100 * overhead)} CPU a request, against the seconds before it`;
  return overhead < 0 ? `sampling cost less than the noise: ${more}` : `sampling cost ${more}`;
}
