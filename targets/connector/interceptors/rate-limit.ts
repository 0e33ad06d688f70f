import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/** Sums of fractions of a second are off by less than this. */
const ROUNDING_MS = 0.001;

/**
 * At most `perSecond` calls a second, bursts of one second's worth; the rest are ResourceExhausted at once. It is the
 * generic cell rate algorithm (ITU-T I.371): one number, the theoretical arrival time of the next conforming call.
 * Infinity does the same arithmetic and refuses nothing, which is what the variant `rate-limit` runs unless set.
 *
 * @param nowMs a monotonic clock, for tests
 */
export function rateLimitInterceptor(
  perSecond: number,
  nowMs: () => number = () => performance.now(),
): Interceptor {
  const intervalMs = 1000 / perSecond;
  const burstMs = Math.max(1000, intervalMs);
  let theoreticalMs = Number.NEGATIVE_INFINITY;
  return (next) => async (req) => {
    const now = nowMs();
    const aheadMs = Math.max(theoreticalMs - now, 0);
    const excessMs = aheadMs + intervalMs - burstMs;
    if (excessMs > ROUNDING_MS) {
      throw new ConnectError(`more than ${perSecond} calls a second`, Code.ResourceExhausted, {
        "retry-after": String(Math.ceil(excessMs / 1000)),
      });
    }
    theoreticalMs = now + aheadMs + intervalMs;
    return await next(req);
  };
}
