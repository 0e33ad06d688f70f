/**
 * What one gets by following connect-node's documentation: the same greeter behind connectNodeAdapter, nothing else. The
 * benchmark's yardstick. Prints the port it listens on.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { GreeterService } from "../gen/greeter/v1/greeter_pb.ts";

const server = createServer(
  connectNodeAdapter({
    routes: (router) => {
      router.service(GreeterService, { sayHello: ({ name }) => ({ message: `Hello, ${name}!` }) });
    },
  }),
);
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
