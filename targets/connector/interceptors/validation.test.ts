import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { ViolationsSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { openRpcPort } from "../testing/rpc-port.ts";

test("an empty name is invalid_argument and says which rule of which field", async () => {
  await using port = await openRpcPort({ variant: "validation" });
  const answer = await port.hello("");
  assert.equal(answer.status, 400);
  assert.equal(answer.body?.code, "invalid_argument");
  const [detail] = (answer.body?.details ?? []) as Array<{ type: string; value: string }>;
  assert.equal(detail?.type, "buf.validate.Violations");
  const { violations } = fromBinary(ViolationsSchema, Buffer.from(detail?.value ?? "", "base64"));
  assert.deepEqual(
    violations.map(({ ruleId, field }) => [field?.elements[0]?.fieldName, ruleId]),
    [["name", "string.min_len"]],
  );
});

test("256 characters pass and 257 do not; characters are counted, not bytes", async () => {
  await using port = await openRpcPort({ variant: "validation" });
  assert.equal((await port.hello("é".repeat(256))).status, 200);
  assert.equal((await port.hello("é".repeat(257))).status, 400);
});

test("without the interceptor the same name is greeted", async () => {
  await using port = await openRpcPort({ variant: "none" });
  assert.deepEqual((await port.hello("")).body, { message: "Hello, !" });
});
