/**
 * The program that the packet path's benchmark profiles: loads a path for a while and tells what of it to look at. Node
 * writes its threads' profiles when it ends.
 *
 *     node --cpu-prof profiled-path.ts <folder> <entries a commit> <seconds>
 */
import { type ThreadCpu, threadCpu, usedBetween } from "../stages/thread-cpu.ts";
import { startPathUnderLoad } from "./path-under-load.ts";

export interface ProfiledPath {
  readonly pid: number;
  /** Of the monotonic clock, microseconds. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly packets: number;
  readonly cpu: ThreadCpu | undefined;
}

const [folder = "", maxTransfers, seconds] = process.argv.slice(2);
const WARM_UP_MS = 1_000;

const nowUs = () => Number(process.hrtime.bigint() / 1_000n);

const path = await startPathUnderLoad({ folder, maxTransfers: Number(maxTransfers) });
await path.load(WARM_UP_MS);
const before = { atUs: nowUs(), cpu: threadCpu(process.pid) };
const packets = await path.load(Number(seconds) * 1_000);
const after = { atUs: nowUs(), cpu: threadCpu(process.pid) };
await path.close();
const told: ProfiledPath = {
  pid: process.pid,
  fromUs: before.atUs,
  toUs: after.atUs,
  packets,
  cpu: before.cpu && after.cpu && usedBetween(before.cpu, after.cpu),
};
process.stdout.write(JSON.stringify(told));
