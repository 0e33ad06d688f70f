import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Interceptor, UnaryResponse } from "@connectrpc/connect";
import { fallback, handleWhen } from "cockatiel";
import { isServerFault } from "../codes.ts";
import { SayHelloResponseSchema } from "../gen/greeter/v1/greeter_pb.ts";

/** What is said when the greeter cannot be asked. */
const DEGRADED: MessageInitShape<typeof SayHelloResponseSchema> = { message: "Hello!" };

/**
 * Answers a server fault with a lesser greeting instead of an error, marked by the header `x-fallback: true`. Off in
 * the full chain, because it hides every error a load test is there to find; the variant of its name has it on.
 */
export function fallbackInterceptor(): Interceptor {
  return (next) => async (req) => {
    const policy = fallback(
      handleWhen(isServerFault),
      (): UnaryResponse => ({
        stream: false,
        service: req.service,
        // req.stream is false for every method of the greeter.
        method: req.method as UnaryResponse["method"],
        message: create(SayHelloResponseSchema, DEGRADED),
        // connect replaces its own response headers by these, so the content type has to be among them.
        header: new Headers({
          "content-type": req.header.get("content-type") ?? "application/json",
          "x-fallback": "true",
        }),
        trailer: new Headers(),
      }),
    );
    return await policy.execute(() => next(req), req.signal);
  };
}
