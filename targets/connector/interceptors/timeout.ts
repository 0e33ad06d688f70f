import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { isTaskCancelledError, TimeoutStrategy, timeout } from "cockatiel";

/**
 * Ends a call as DeadlineExceeded after `timeoutMs`, whether the handler listens to its signal or not (cockatiel's
 * "aggressive"): a handler that hangs must not hold the client too. A client that left is Canceled.
 */
export function timeoutInterceptor(timeoutMs: number): Interceptor {
  // abortOnReturn would abort the signal of every finished call: 4 us for an exception nobody sees.
  const policy = timeout(timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
  return (next) => async (req) => {
    try {
      return await policy.execute(({ signal }) => next({ ...req, signal }), req.signal);
    } catch (reason) {
      if (!isTaskCancelledError(reason)) throw reason;
      if (req.signal.aborted) throw ConnectError.from(req.signal.reason, Code.Canceled);
      throw new ConnectError(`no answer within ${timeoutMs} ms`, Code.DeadlineExceeded);
    }
  };
}
