import assert from "node:assert/strict";
import { test } from "node:test";
import { openRpcPort, type RpcPortOptions } from "../testing/rpc-port.ts";
import { callerKey } from "./auth.ts";

const whoAmI: RpcPortOptions["sayHello"] = (_, { values }) => ({ message: values.get(callerKey) });

for (const variant of ["auth", "full"] as const) {
  test(`${variant}: with a token set, only its bearer gets in`, async () => {
    await using port = await openRpcPort({ variant, chain: { authToken: "s3cret" }, sayHello: whoAmI });
    const anonymous = await port.hello("Ada");
    assert.equal(anonymous.status, 401);
    assert.deepEqual(anonymous.body, { code: "unauthenticated", message: "a bearer token is required" });
    assert.equal(anonymous.headers.get("www-authenticate"), "Bearer");
    for (const authorization of ["Bearer wrong", "s3cret", "Basic s3cret", "Bearer s3cretx", "Bearer "]) {
      assert.equal((await port.hello("Ada", { authorization })).status, 401, authorization);
    }
    assert.equal((await port.hello("Ada", { authorization: "Bearer s3cret" })).body?.message, "bearer");
    assert.equal((await port.hello("Ada", { authorization: "bearer s3cret" })).body?.message, "bearer");
  });
}

test("without a token it observes: everyone gets in, as anonymous", async () => {
  await using port = await openRpcPort({ variant: "auth", sayHello: whoAmI });
  assert.equal((await port.hello("Ada")).body?.message, "anonymous");
  assert.equal((await port.hello("Ada", { authorization: "Bearer anything" })).body?.message, "anonymous");
});

test("a call that is refused at the door is neither validated nor logged as a call", async () => {
  await using port = await openRpcPort({ variant: "full", chain: { authToken: "s3cret" } });
  assert.equal((await port.hello("")).status, 401);
  assert.deepEqual(port.log, []);
});
