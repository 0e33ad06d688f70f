import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { Logger } from "pino";

/**
 * Lets Connect errors through and turns everything else into Internal. The text of an unknown error may name
 * hosts, files or users, so it goes to the log and not to the client.
 */
export function errorHandlerInterceptor(logger: Logger): Interceptor {
  return (next) => async (req) => {
    try {
      return await next(req);
    } catch (reason) {
      if (reason instanceof ConnectError) throw reason;
      logger.error({ err: reason, method: req.method.name }, "unexpected error in a call");
      throw new ConnectError("internal error", Code.Internal, undefined, undefined, reason);
    }
  };
}
