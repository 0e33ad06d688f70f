import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { FaultInjector } from "./fault-injector.ts";
import type { GreeterService, SayHelloRequest } from "./gen/greeter/v1/greeter_pb.ts";

/** The greeter. Faults sit here, behind the chain, so that the interceptors meet them as they would a real backend's. */
export function greeter(faults: FaultInjector | undefined): ServiceImpl<typeof GreeterService> {
  if (faults === undefined) return { sayHello: greet };
  return {
    sayHello(request: SayHelloRequest, context: HandlerContext) {
      const wait = faults.beforeAnswer(context.signal);
      return wait === undefined ? greet(request) : wait.then(() => greet(request));
    },
  };
}

function greet(request: SayHelloRequest): { message: string } {
  return { message: `Hello, ${request.name}!` };
}
