import type { Baseline } from "../baseline/baseline-schema.ts";
import { type Comparison, compare } from "../compare/compare.ts";
import type { Policy } from "../compare/policy.ts";
import { Failure } from "../failure.ts";
import type { AgainstBaseline } from "./summary-schema.ts";

/** What is said of a run and its baseline, and the comparison itself where there is one. */
export interface Delta {
  readonly said: AgainstBaseline;
  readonly comparison?: Comparison;
}

/**
 * A run beside its baseline. What cannot be compared is said, and is no failure of the summary.
 *
 * @param after the run in blocks, or why it has none
 */
export function againstBaseline(
  before: Baseline | undefined,
  after: Baseline | Failure,
  policy: Policy,
): Delta {
  if (before === undefined) return { said: { state: "none", why: "there is no baseline" } };
  if (after instanceof Failure) return { said: { state: "not-compared", why: after.message } };
  if (before.run === after.run && before.startedAt === after.startedAt)
    return { said: { state: "itself", why: "it is the baseline" } };
  if (before.host.fingerprint !== after.host.fingerprint) {
    const { cpu, cores, fingerprint } = before.host;
    const why = `its baseline is from another machine, ${cpu} with ${cores} cores (${fingerprint}), and is not compared`;
    return { said: { state: "other-machine", why } };
  }
  try {
    const comparison = compare(before, after, { policy, acrossMachines: false });
    const { change, severity, limit, notices, unanswered, rows } = comparison;
    const { run: baseline, commit } = before;
    const said = {
      ...{ baseline, commit, change, severity, limit },
      ...{ notices: [...notices], unanswered: [...unanswered], rows: [...rows] },
    };
    return { said: { state: "compared", ...said }, comparison };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { said: { state: "not-compared", why: error.message } };
  }
}
