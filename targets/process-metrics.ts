import { getHeapStatistics } from "node:v8";
import { Gauge, type Registry } from "prom-client";
import gc from "prom-client/lib/metrics/gc.js";
import heapSizeAndUsed from "prom-client/lib/metrics/heapSizeAndUsed.js";
import heapSpacesSizeAndUsed from "prom-client/lib/metrics/heapSpacesSizeAndUsed.js";
import osMemoryHeap from "prom-client/lib/metrics/osMemoryHeap.js";
import processCpuTotal from "prom-client/lib/metrics/processCpuTotal.js";
import processHandles from "prom-client/lib/metrics/processHandles.js";
import processMaxFileDescriptors from "prom-client/lib/metrics/processMaxFileDescriptors.js";
import processOpenFileDescriptors from "prom-client/lib/metrics/processOpenFileDescriptors.js";
import processRequests from "prom-client/lib/metrics/processRequests.js";
import processResources from "prom-client/lib/metrics/processResources.js";
import processStartTime from "prom-client/lib/metrics/processStartTime.js";
import version from "prom-client/lib/metrics/version.js";
import { EventLoopDelay } from "./event-loop-delay.ts";

/**
 * Each by itself: asked for all together, prom-client also starts `monitorEventLoopDelay`, whose timer goes on running when
 * its metrics are taken away again.
 */
const DEFAULTS = [
  processCpuTotal,
  processStartTime,
  osMemoryHeap,
  processOpenFileDescriptors,
  processMaxFileDescriptors,
  processResources,
  processHandles,
  processRequests,
  heapSizeAndUsed,
  heapSpacesSizeAndUsed,
  version,
  gc,
];

/**
 * What every target tells of its process: prom-client's default metrics (CPU, memory, garbage collection), the size at which
 * V8 gives up, and an event-loop lag that is one; see {@link EventLoopDelay}. Of prom-client's own, `nodejs_eventloop_lag_seconds`, `_min_` and
 * `_stddev_` have no place in it and are gone.
 */
export function collectProcessMetrics(registry: Registry): void {
  for (const register of DEFAULTS) register(registry, {});
  // Of the machine's memory there may be plenty left: V8 ends a process whose heap is full.
  new Gauge({
    name: "nodejs_heap_size_limit_bytes",
    help: "Size that the heap may grow to before V8 ends the process.",
    registers: [registry],
    collect() {
      this.set(getHeapStatistics().heap_size_limit);
    },
  });
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
