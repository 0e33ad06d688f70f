import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { TICKS_PER_SECOND } from "./usage.ts";

/** CPU of the whole machine since its start, in seconds of one core. */
export interface HostCpu {
  /** What programs, the kernel and its interrupts took; without softirq and iowait, which `os.cpus` leaves out. */
  readonly busySeconds: number;
  /** Ready to run while the host below ran somebody else; undefined where nobody counts it. */
  readonly stolenSeconds: number | undefined;
}

/** What the machine has used up to now. */
export function hostCpu(): HostCpu {
  let busyMs = 0;
  for (const { times } of cpus()) busyMs += times.user + times.nice + times.sys + times.irq;
  return { busySeconds: busyMs / 1_000, stolenSeconds: stolenNow() };
}

/** Mean cores between two looks that lie `seconds` apart. */
export function hostRates(
  before: HostCpu,
  now: HostCpu,
  seconds: number,
): { readonly busyCores: number; readonly stolenCpuCores?: number } {
  const busyCores = (now.busySeconds - before.busySeconds) / seconds;
  if (now.stolenSeconds === undefined || before.stolenSeconds === undefined) return { busyCores };
  // The kernel's count may step back a little.
  return { busyCores, stolenCpuCores: Math.max(0, now.stolenSeconds - before.stolenSeconds) / seconds };
}

function stolenNow(): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return stolenSecondsOf(readFileSync("/proc/stat", "latin1"));
  } catch {
    return undefined;
  }
}

/**
 * Seconds of all cores that the hypervisor took: `steal`, the eighth figure of the first line of proc_stat(5). Node's
 * `os.cpus` does not tell it.
 *
 * @returns undefined where the kernel, or a container's picture of it, has no such figure
 */
export function stolenSecondsOf(procStat: string): number | undefined {
  const steal = /^cpu +(?:\d+ +){7}(\d+)/.exec(procStat)?.[1];
  return steal === undefined ? undefined : Number(steal) / TICKS_PER_SECOND;
}
