import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { bulkhead, isBulkheadRejectedError, isTaskCancelledError } from "cockatiel";

/**
 * Bounds the calls inside the chain: `concurrency` run, `queue` more wait, the rest are refused at once with
 * ResourceExhausted, before they cost anything.
 */
export function bulkheadInterceptor(concurrency: number, queue: number): Interceptor {
  const policy = bulkhead(concurrency, queue);
  return (next) => async (req) => {
    try {
      return await policy.execute(() => next(req), req.signal);
    } catch (reason) {
      if (isBulkheadRejectedError(reason)) {
        throw new ConnectError(
          `${concurrency} calls are running and ${queue} waiting`,
          Code.ResourceExhausted,
          undefined,
          undefined,
          reason,
        );
      }
      // Its client left while it waited in the queue.
      if (isTaskCancelledError(reason)) throw ConnectError.from(req.signal.reason, Code.Canceled);
      throw reason;
    }
  };
}
