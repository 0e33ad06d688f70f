import type { ResourceSample } from "./run-schema.ts";

/** What the calls of one variant cost in a second. */
export interface VariantUsage {
  readonly cpuCores: number;
  readonly requestsPerSecond: number;
  /** CPU of a request, microseconds; null in a second without any. */
  readonly cpuUsPerRequest: number | null;
}

/** More variants than this are not told apart: whatever a server of somebody else's reports, there is a bound. */
export const MOST_VARIANTS = 32;

/**
 * Makes figures a second of what a target reports of its variants since it started.
 *
 * @returns a function to call with each sample of one run, in their order; the first of a variant has nothing before it
 */
export function variantUsage(): (sample: ResourceSample) => ReadonlyMap<string, VariantUsage> {
  const before = new Map<string, { cpuSeconds: number; requests: number; atMs: number }>();
  return ({ at, target }) => {
    const atMs = Date.parse(at);
    const used = new Map<string, VariantUsage>();
    for (const [name, now] of Object.entries(target?.variants ?? {})) {
      // What a target does for itself, its start and its admin page, serves no requests and is no variant.
      if (now.requests === 0) continue;
      const last = before.get(name);
      if (!last && before.size === MOST_VARIANTS) continue;
      before.set(name, { ...now, atMs });
      // Counts that fell began again, with the process.
      if (!last || atMs <= last.atMs || now.cpuSeconds < last.cpuSeconds || now.requests < last.requests)
        continue;
      const seconds = (atMs - last.atMs) / 1000;
      const [cpu, requests] = [now.cpuSeconds - last.cpuSeconds, now.requests - last.requests];
      used.set(name, {
        cpuCores: cpu / seconds,
        requestsPerSecond: requests / seconds,
        cpuUsPerRequest: requests === 0 ? null : (cpu * 1e6) / requests,
      });
    }
    return used;
  };
}
