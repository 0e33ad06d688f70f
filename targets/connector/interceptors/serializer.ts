import { fromJson, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * Takes the answer through its canonical JSON form and back, inside the chain. connect serializes only after the last
 * interceptor, so an answer that cannot be written would otherwise fail where no interceptor sees it; here it is an
 * Internal error like any other, and what the outer interceptors see is what the client will read.
 */
export function serializerInterceptor(): Interceptor {
  return (next) => async (req) => {
    const res = await next(req);
    if (res.stream) return res;
    try {
      const json = toJson(res.method.output, res.message, { alwaysEmitImplicit: true });
      return { ...res, message: fromJson(res.method.output, json) };
    } catch (reason) {
      throw new ConnectError("answer cannot be serialized", Code.Internal, undefined, undefined, reason);
    }
  };
}
