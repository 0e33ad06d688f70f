import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { drawFile } from "../report/charts/draw.ts";
import { callTree } from "./call-tree.ts";
import { flameOf } from "./flame.ts";
import { flameChart } from "./flame-chart.ts";
import { flamePage } from "./flame-page.ts";
import { frameNames } from "./frame-name.ts";
import { type Grown, grown, kindsOf } from "./heap.ts";
import { overheadText, profileText, unsteadyText } from "./profile-text.ts";
import type { Profiled } from "./profiler.ts";

const MOST_GROWN = 50;

/**
 * Writes what came of a profile, flame graph and functions first: whatever becomes of the heap, they are there.
 *
 * @param folder where its files are
 * @param dropped arrivals of the run that never started
 * @returns what to tell, as in top.txt
 */
export function keep(folder: string, title: string, profiled: Profiled, dropped: number): string {
  const { process, profile } = profiled;
  const tree = callTree(profile, frameNames(ROOT));
  const cost = overheadText(profiled.overhead);
  const unsteady = unsteadyText(profiled.failures, dropped);
  const tell = (heap?: readonly Grown[] | string) => {
    const text = `${profileText(process, tree, heap)}\n  ${cost}\n${unsteady === undefined ? "" : `  warning: ${unsteady.replace(": ", ":\n    ")}\n`}`;
    writeFileSync(join(folder, "top.txt"), text);
    return text;
  };
  const text = tell();
  const seconds = Math.round((profile.endTime - profile.startTime) / 1e6);
  const subtitle = `Main thread, ${seconds} s, idle time left out; ${cost}.${unsteady === undefined ? "" : ` ${sentence(unsteady)}`}`;
  const flame = flameOf(tree);
  writeFileSync(join(folder, "flame.html"), flamePage(title, subtitle, flame));
  writeFileSync(join(folder, "flame.svg"), drawFile(flameChart(title, subtitle, flame)));
  const heap = heapOf(folder, profiled);
  return heap === undefined ? text : tell(heap);
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** What grew, or why that cannot be told; undefined without snapshots. */
function heapOf(folder: string, { heapFiles, heapTrouble }: Profiled): readonly Grown[] | string | undefined {
  if (heapTrouble !== undefined) return heapTrouble;
  try {
    const [before, after] = heapFiles.map((name) => kindsOf(join(folder, name)));
    return before && after && grown(before, after, MOST_GROWN);
  } catch (error) {
    return `what grew cannot be told: ${(error as Error).message}`;
  }
}
