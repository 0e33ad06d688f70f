import assert from "node:assert/strict";
import { test } from "node:test";
import { REJECT_CODES } from "../checks/reject-code.ts";
import { Outcomes } from "./peer.ts";

test("a peer that makes up codes gets one counter for all of them, and the RFC's keep their names", () => {
  const outcomes = new Outcomes();
  const known = Object.keys(REJECT_CODES);
  for (const code of known) outcomes.reject(code);
  for (let n = 0; n < 17_576; n++)
    outcomes.reject(String.fromCharCode(97 + (n % 26), 97 + ((n / 26) % 26), 97 + n / 676));
  // Names that every object has.
  outcomes.reject("constructor");
  outcomes.reject("__proto__");
  assert.deepEqual(outcomes.rejected, {
    ...Object.fromEntries(known.map((code) => [code, 1])),
    other: 17_578,
  });
});
