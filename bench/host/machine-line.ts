import { commitOf } from "./commit.ts";
import { hostOf } from "./host.ts";
import { versionsOf } from "./versions.ts";

/** What figures come from, in two lines: they say nothing without it. */
export async function machineLines(cwd: string, now: Date): Promise<string> {
  const { cpu, cores, arch } = hostOf();
  const [{ node, k6 }, commit] = await Promise.all([versionsOf(), commitOf(cwd)]);
  const at = commit === null ? "" : `, commit ${commit.sha.slice(0, 7)}${commit.dirty ? " and changes" : ""}`;
  return `${cpu}, ${cores} cores, ${process.platform} ${arch}\nNode ${node}, k6 ${k6}, ${now.toISOString().slice(0, 10)}${at}`;
}
