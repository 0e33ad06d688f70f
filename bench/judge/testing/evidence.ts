/** Whole runs made by hand, second by second, as the judge would have gathered them. */
import type { Overrides, Plan, ProfileName } from "../../../scenarios/lib/plan.ts";
import { arrivalsDue, durationOf, stageAt } from "../../../scenarios/lib/schedule.ts";
import { plan } from "../../../scenarios/plans.ts";
import type { ResourceSample } from "../../results/run-schema.ts";
import { counter, requests, START_MS, trend, windowAt } from "../../windows/testing/windows.ts";
import { Evidence } from "../evidence.ts";
import type { Facts } from "../judge.ts";

/** What happened in one second of a run. */
export interface Second {
  readonly phase: string;
  readonly answers: number;
  readonly latencyMs: number;
  readonly failed: number;
  readonly dropped: number;
  readonly pacingLagMs: number;
  readonly overflow: number;
  readonly late: number;
  /** null: nothing was seen of the target's process. */
  readonly target: {
    readonly cpuCores: number;
    readonly rssBytes: number;
    readonly variants?: NonNullable<ResourceSample["target"]>["variants"];
  } | null;
  readonly k6CpuCores: number;
  readonly benchLoopDelayMs: number;
  readonly otherCpuCores?: number;
  readonly stolenCpuCores?: number;
}

/** Changes what happens in a second; `at` counts from the end of the warm-up, which has negative ones. */
export type Change = (second: Second, at: number) => Partial<Second>;

/** A plan by name that a test may count on to be there. */
export function planned(scenario: string, profile: ProfileName = "smoke", overrides: Overrides = {}): Plan {
  const found = plan(scenario, profile, overrides);
  if (!found) throw new Error(`no scenario ${scenario}`);
  return found;
}

/** The evidence of a run that went as planned against a quick target, except for what `change` says. */
export function evidenceOf(of: Plan, change: Change = () => ({})): Evidence {
  const evidence = new Evidence(of);
  for (let at = -of.warmUpSeconds; at < durationOf(of.load); at++) {
    const planned = secondOf(of, at);
    addSecond(evidence, { ...planned, ...change(planned, at) }, at);
  }
  return evidence;
}

function secondOf({ load }: Plan, at: number): Second {
  // A caller of a closed model that thinks for 100 ms calls ten times a second.
  const perSecond =
    load.model === "closed" ? 10 * stageAt(load, at).to : arrivalsDue(load, at + 1) - arrivalsDue(load, at);
  return {
    phase: at < 0 ? "warm-up" : stageAt(load, at).phase,
    answers: at < 0 ? 10 : Math.round(perSecond),
    latencyMs: 2,
    failed: 0,
    dropped: 0,
    pacingLagMs: 1,
    overflow: 0,
    late: 0,
    target: { cpuCores: 0.3, rssBytes: 80e6 },
    k6CpuCores: 0.5,
    benchLoopDelayMs: 12,
  };
}

function addSecond(evidence: Evidence, second: Second, at: number): void {
  const { plan: of } = evidence;
  const { phase, answers, dropped } = second;
  const own = { scenario: phase === "warm-up" ? "warm-up" : of.scenario };
  const stage: Record<string, string> =
    of.extraTags.includes("stage") && at >= 0 ? { stage: String(stageAt(of.load, at).to) } : {};
  // A run with blocks calls every variant as often; each is a series of its own.
  const variants = of.blocks?.variants ?? [of.variant];
  const paced = of.load.model !== "closed" && phase !== "warm-up" && answers > 0;
  evidence.addWindow(
    windowAt(
      at + of.warmUpSeconds,
      [
        ...variants.flatMap((variant) =>
          requests(
            answers / variants.length,
            second.latencyMs,
            { ...own, phase, variant, ...stage },
            second.failed / variants.length,
          ),
        ),
        ...(dropped > 0 ? [counter("dropped_iterations", dropped, own)] : []),
        ...(paced ? [trend("pacing_lag", [[second.pacingLagMs, answers]], { ...own, phase })] : []),
      ],
      { late: second.late, overflow: second.overflow },
    ),
  );
  evidence.addResources(resources(at + of.warmUpSeconds + 1, second));
}

/** What the processes used in the second that ends at `second`. */
export function resources(
  second: number,
  of: Pick<Second, "target" | "k6CpuCores" | "benchLoopDelayMs" | "otherCpuCores" | "stolenCpuCores">,
): ResourceSample {
  return {
    at: new Date(START_MS + second * 1000).toISOString(),
    target: of.target && { heapBytes: null, eventLoopDelayMs: null, variants: null, ...of.target },
    k6: { cpuCores: of.k6CpuCores, rssBytes: 200e6 },
    bench: { cpuCores: 0.05, rssBytes: 90e6, loopDelayP99Ms: of.benchLoopDelayMs },
    ...(of.otherCpuCores !== undefined && { otherCpuCores: of.otherCpuCores }),
    ...(of.stolenCpuCores !== undefined && { stolenCpuCores: of.stolenCpuCores }),
  };
}

/** A run that ended as it should, of a target we can see, on a machine of four cores. */
export const WELL: Facts = { cores: 4, k6ExitCode: 0, died: null, targetVisible: true, bundled: true };
