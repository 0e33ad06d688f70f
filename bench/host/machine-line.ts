import type { Run } from "../results/run-schema.ts";
import { commitOf } from "./commit.ts";
import { hostOf } from "./host.ts";
import { versionsOf } from "./versions.ts";

/** What figures come from, in two lines: they say nothing without it. */
export async function machineLines(cwd: string, now: Date): Promise<string> {
  const [{ node, k6 }, commit] = await Promise.all([versionsOf(), commitOf(cwd)]);
  const at = commit === null ? "" : `, commit ${commitWord(commit)}`;
  return `${machineWord()}\nNode ${node}, k6 ${k6}, ${now.toISOString().slice(0, 10)}${at}`;
}

/** `Intel(R) Xeon(R) Processor, 2 cores, linux x64`. */
export function machineWord(): string {
  const { cpu, cores, arch } = hostOf();
  return `${cpu}, ${cores} cores, ${process.platform} ${arch}`;
}

/** `0123456`, `0123456 and changes`; undefined where there is none. */
export function commitWord(commit: Run["commit"]): string | undefined {
  return commit === null ? undefined : `${commit.sha.slice(0, 7)}${commit.dirty ? " and changes" : ""}`;
}
