import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from "cockatiel";
import { isServerFault } from "../codes.ts";

/**
 * After `failures` server faults in a row, answers Unavailable without calling the handler; after `halfOpenAfterMs`
 * one call is let through to find out whether it works again. A client's own mistakes never open it.
 */
export function circuitBreakerInterceptor(failures: number, halfOpenAfterMs: number): Interceptor {
  const policy = circuitBreaker(handleWhen(isServerFault), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  return (next) => async (req) => {
    try {
      return await policy.execute(() => next(req), req.signal);
    } catch (reason) {
      if (!isBrokenCircuitError(reason)) throw reason;
      throw new ConnectError("circuit breaker is open", Code.Unavailable, undefined, undefined, reason);
    }
  };
}
