import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import type { Interceptor, UnaryResponse } from "@connectrpc/connect";
import { SayHelloResponseSchema } from "../gen/greeter/v1/greeter_pb.ts";
import { openRpcPort } from "../testing/rpc-port.ts";
import { serializerInterceptor } from "./serializer.ts";

test("an answer comes out as it went in", async () => {
  await using port = await openRpcPort({ variant: "serializer" });
  assert.deepEqual((await port.hello("Zoë 🎈")).body, { message: "Hello, Zoë 🎈!" });
});

test("an answer that cannot be written is an error the outer interceptors see", async () => {
  const seen: unknown[] = [];
  const outer: Interceptor = (next) => async (req) => {
    try {
      return await next(req);
    } catch (reason) {
      seen.push((reason as Error).message);
      throw reason;
    }
  };
  const breaks: Interceptor = (next) => async (req) => {
    const res = (await next(req)) as UnaryResponse;
    const message = create(SayHelloResponseSchema);
    Object.assign(message, { message: 42 });
    return { ...res, message };
  };
  await using port = await openRpcPort({ interceptors: [outer, serializerInterceptor(), breaks] });
  const answer = await port.hello("Ada");
  assert.deepEqual(answer.body, { code: "internal", message: "answer cannot be serialized" });
  assert.deepEqual(seen, ["[internal] answer cannot be serialized"]);
});
