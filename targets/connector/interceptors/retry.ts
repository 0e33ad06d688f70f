import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { ExponentialBackoff, handleWhen, noJitterGenerator, retry } from "cockatiel";

/**
 * Calls again up to `attempts` times when the error says that a later try may work: Unavailable and
 * ResourceExhausted, nothing else. Waits `initialMs`, doubling up to `maxMs`; without jitter, because one server
 * retries into itself and the delay should be a known one.
 */
export function retryInterceptor(attempts: number, initialMs: number, maxMs: number): Interceptor {
  const policy = retry(handleWhen(isTransient), {
    maxAttempts: attempts,
    backoff: new ExponentialBackoff({
      initialDelay: initialMs,
      maxDelay: maxMs,
      generator: noJitterGenerator,
    }),
  });
  return (next) => (req) => policy.execute(() => next(req), req.signal);
}

function isTransient(reason: unknown): boolean {
  return (
    reason instanceof ConnectError &&
    (reason.code === Code.Unavailable || reason.code === Code.ResourceExhausted)
  );
}
