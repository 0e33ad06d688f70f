import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../failure.ts";
import { addressOf } from "./address.ts";

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

for (const [text, origin, database, shown, authorization] of [
  [
    "http://127.0.0.1:8086/plimsoll",
    "http://127.0.0.1:8086",
    "plimsoll",
    "http://127.0.0.1:8086/plimsoll",
    undefined,
  ],
  ["http://127.0.0.1:8086", "http://127.0.0.1:8086", "plimsoll", "http://127.0.0.1:8086/plimsoll", undefined],
  [
    "http://127.0.0.1:8086/",
    "http://127.0.0.1:8086",
    "plimsoll",
    "http://127.0.0.1:8086/plimsoll",
    undefined,
  ],
  [
    "https://influx.test/my%20load/",
    "https://influx.test",
    "my load",
    "https://influx.test/my%20load",
    undefined,
  ],
  ["http://h/a%40b", "http://h", "a@b", "http://h/a%40b", undefined],
  ["http://[::1]:8086/x", "http://[::1]:8086", "x", "http://[::1]:8086/x", undefined],
  ["http://ann:s3cret@h:8086/x", "http://h:8086", "x", "http://h:8086/x", basic("ann:s3cret")],
  ["http://ann:p%40ss%2Fw%3A%23@h/x", "http://h", "x", "http://h/x", basic("ann:p@ss/w:#")],
  ["http://J%C3%BCrgen:@h/x", "http://h", "x", "http://h/x", basic("Jürgen:")],
] as const) {
  test(`${text} is ${database} at ${origin}`, () => {
    assert.deepEqual(addressOf(text), { origin, database, shown, authorization });
  });
}

for (const text of [
  "127.0.0.1:8086/plimsoll",
  "influx",
  "",
  "ftp://ann:s3cret@h/x",
  "http://ann:s3cret@h:99999/x",
  "http://ann:s3cret@h/a/b",
  "http://ann:s3cret@h/x?precision=s",
  "http://ann:s3#cret@h/x",
  "http://ann:s3?cret@h/x",
  "http://ann:s3cret%@h/x",
  "http://ann:s3/cret@h/x",
  "http://ann:8080/s3cret@h",
  "http://ann/s3cret@h",
]) {
  test(`${JSON.stringify(text)} is refused in a line that does not quote it`, () => {
    assert.throws(
      () => addressOf(text),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, "USAGE");
        assert.match(error.message, /^--influx/);
        assert.doesNotMatch(error.message, /s3|cret|ann|\n/);
        return true;
      },
    );
  });
}
