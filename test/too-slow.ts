/**
 * Runs that did all right but too slowly. Other work on a machine, and a hypervisor that takes its time away, make every
 * limit of speed a matter of luck, and speed is never what a test asserts: such a run counts as having run. A wrong answer, a
 * missing one, a wrong exit code or a verdict that does not follow from what was seen does not.
 */
import { EXIT_CODES } from "../bench/judge/judge.ts";
import type { Run, SlaResult } from "../bench/results/run-schema.ts";

type Row = Run["sla"][number];

/** Time, and what work took of the machine; counts and shares of requests are none, but for how many were reached. */
const SPEED_UNITS: ReadonlySet<string> = new Set(["ms", "s", "cores", "bytes", "VUs", "%/h", "%/10min"]);

export function isOfSpeed({ unit, stat }: Pick<SlaResult, "unit" | "stat">): boolean {
  return SPEED_UNITS.has(unit) || stat === "achieved";
}

/**
 * Whether all that kept a whole run from holding is speed, or that the generator was the limit, and its verdict and exit
 * code say no more and no less than that.
 */
export function onlyTooSlow(run: Run): boolean {
  const { state, verdict, exitCode, target, generator, reasons } = run;
  if (state !== "complete" || target.died || verdict === null || exitCode !== EXIT_CODES[verdict])
    return false;
  const open = run.sla.filter(
    (row) => (row.state === "fail" && !row.quarantine) || (row.state === "no-data" && verdict !== "fail"),
  );
  switch (verdict) {
    case "fail":
      // A target that stalled fails beside its rows.
      return (
        open.length > 0 && open.every(isOfSpeed) && !reasons.some((it) => it.startsWith("the target stalled"))
      );
    case "no-data":
      return open.length > 0 && open.every(isOfSpeed);
    case "invalid":
      return !generator.healthy && open.every((row) => isOfSpeed(row) || isTheGenerators(row));
    default:
      return false;
  }
}

/** Arrivals that k6 had no time or caller for; what the target is to blame for gives another verdict. */
function isTheGenerators({ metric }: Row): boolean {
  return metric === "dropped_iterations";
}

/** The same of k6 alone, which has no verdict, by the thresholds that it says were crossed. */
export function onlyTooSlowForK6(exitCode: number | null, output: string): boolean {
  const crossed = [...output.matchAll(/✗ '([^']+)'/g)].map(([, expression = ""]) => expression);
  return (
    exitCode === 99 && crossed.length > 0 && crossed.every((it) => /^(p\(|avg<|max<|count>=[1-9])/.test(it))
  );
}
