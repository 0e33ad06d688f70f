import { type Run, runSchema } from "../results/run-schema.ts";

const planned = runSchema.shape.sla.element.omit({ value: true, state: true, note: true }).array();

/** A run with the limits of its plan where nothing was judged yet, so that its charts have them while it goes. */
export function withPlannedLimits(run: Run): Run {
  if (run.sla.length > 0) return run;
  const { data = [] } = planned.safeParse(run.plan.sla);
  return { ...run, sla: data.map((row) => ({ ...row, value: null, state: "no-data" })) };
}
