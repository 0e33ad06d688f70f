import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { Logger } from "pino";
import { codeName, codeOf, isServerFault } from "../codes.ts";

/** One line a call: info when it went well, warn when the client was wrong, error when the server was. */
export function loggerInterceptor(logger: Logger): Interceptor {
  return (next) => async (req) => {
    const startMs = performance.now();
    const line = (code: string) => ({
      service: req.service.typeName,
      method: req.method.name,
      code,
      ms: Math.round((performance.now() - startMs) * 1000) / 1000,
    });
    try {
      const res = await next(req);
      logger.info(line("ok"), "call");
      return res;
    } catch (reason) {
      const message = reason instanceof ConnectError ? reason.rawMessage : String(reason);
      const fields = { ...line(codeName(codeOf(reason))), error: message };
      if (codeOf(reason) !== Code.Canceled && isServerFault(reason)) logger.error(fields, "call failed");
      else logger.warn(fields, "call refused");
      throw reason;
    }
  };
}
