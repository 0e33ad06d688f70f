import { type CpuTimes, cpuByStage } from "./cpu-share.ts";
import { LEDGER_STAGES, MAIN_STAGES, type Stage } from "./stages.ts";
import type { ThreadCpu } from "./thread-cpu.ts";

/** What a profiled load showed. */
export interface Profiled {
  readonly packets: number;
  readonly seconds: number;
  /** What the sampler saw by stage, microseconds over the whole load: of the main thread, and of the ledger's. */
  readonly mainUs: ReadonlyMap<string, number>;
  readonly ledgerUs: ReadonlyMap<string, number>;
  /** What the system says that was used; undefined where it does not. */
  readonly cpu: ThreadCpu | undefined;
}

const WIDTHS = { name: 13, what: 47, us: 8, share: 9 };

/** Microseconds of CPU a packet by stage, and what they add up to beside what the system says; 80 columns. */
export function stageTable({ packets, seconds, mainUs, ledgerUs, cpu }: Profiled): string[] {
  const each = (us: number) => us / packets;
  const main = cpuByStage(mainUs, cpu && cpu.main * 1e6);
  const ledger = cpuByStage(ledgerUs, cpu && cpu.workers * 1e6, "commit");
  const table = [
    line("main thread", "", "us CPU", "share"),
    ...rows(MAIN_STAGES, main, packets),
    total(main, cpu?.main, each),
    "",
    line("ledger thread", "", "us CPU", "share"),
    ...rows(LEDGER_STAGES, ledger, packets),
    total(ledger, cpu?.workers, each),
    "",
  ];
  if (cpu === undefined)
    return [...table, "This system does not tell CPU by thread: commit has the time it waited."];
  const us = (of: number) => each(of * 1e6).toFixed(1);
  const all = cpu.main + cpu.workers + cpu.others;
  return [
    ...table,
    `Process: ${us(all)} us a packet, ${(all / seconds).toFixed(2)} of a core; threads of V8 and libuv ${us(cpu.others)} of it;`,
    `the sampler ${us(cpu.profiler)} more. And no CPU, in us a packet: commits waited ${each(ledger.waitUs).toFixed(1)} for`,
    `the disk; for a free core the main thread waited ${us(cpu.mainDelay)}, the ledger's ${us(cpu.workerDelay)}.`,
  ];
}

/** Those that took any time, the longest first. */
function rows(stages: readonly Stage[], { times, sumUs }: CpuTimes, packets: number): string[] {
  return stages
    .map((stage) => ({ ...stage, us: times.get(stage.name) ?? 0 }))
    .filter(({ us }) => us > 0)
    .sort((a, b) => b.us - a.us)
    .map(({ name, what, us }) =>
      line(name, what, (us / packets).toFixed(2), `${((100 * us) / sumUs).toFixed(1)} %`),
    );
}

function total(
  { sumUs, seenUs }: CpuTimes,
  systemSeconds: number | undefined,
  each: (us: number) => number,
): string {
  const system =
    systemSeconds === undefined ? "" : `, the system counts ${each(systemSeconds * 1e6).toFixed(2)}`;
  return line("sum", `the sampler saw ${each(seenUs).toFixed(2)}${system}`, each(sumUs).toFixed(2), "");
}

function line(name: string, what: string, us: string, share: string): string {
  const { name: n, what: w, us: u, share: s } = WIDTHS;
  return `${name.padEnd(n)}${what.padEnd(w)}${us.padStart(u)}${share.padStart(s)}`.trimEnd();
}
