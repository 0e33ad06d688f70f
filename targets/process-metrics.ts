import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { EventLoopDelay } from "./event-loop-delay.ts";

/**
 * What every target tells of its process: prom-client's default metrics (CPU, memory, garbage collection), with an
 * event-loop lag that is one; see {@link EventLoopDelay}.
 */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray())
    if (name.startsWith("nodejs_eventloop_lag_")) registry.removeSingleMetric(name);
  const delay = watched();
  for (const stat of ["mean", "p50", "p90", "p99", "max"] as const)
    new Gauge({
      name: `nodejs_eventloop_lag_${stat}_seconds`,
      help: `How long what came in the last two seconds had to wait for the event loop: ${stat}.`,
      registers: [registry],
      collect() {
        this.set(delay.read(performance.now())[stat] / 1_000);
      },
    });
}

let watching: EventLoopDelay | undefined;

/** The delay of this thread's event loop, watched from the first call on. */
function watched(): EventLoopDelay {
  if (watching !== undefined) return watching;
  const delay = new EventLoopDelay(performance.now());
  // Timers count whole milliseconds from the start of a turn, so an idle loop shows a delay of about one.
  const look = () => setTimeout(look, Math.ceil(delay.look(performance.now()))).unref();
  look();
  watching = delay;
  return delay;
}
