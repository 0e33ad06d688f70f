/** BTP frames byte for byte, the rules of RFC 0023 about entries and authentication, and its limits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ErrorFrame,
  type Frame,
  FrameType,
  FrameView,
  MAX_ERROR_DATA,
  readAuth,
  readFrame,
  sizeOfAuth,
  sizeOfFrame,
  writeAuth,
  writeFrame,
} from "./btp.ts";
import {
  AUTH_FRAME,
  ascii,
  EMPTY_RESPONSE,
  ERROR_FRAME,
  exactly,
  FULFILL_FRAME,
  fromHex,
  hex,
  PREPARE_FRAME,
  README_PREPARE,
  REJECT_FRAME,
  TRANSFER_FRAME,
  throwsWire,
} from "./testing/samples.ts";

const write = (frame: Frame) => exactly(sizeOfFrame(frame), (into) => writeFrame(frame, into));
const NONE = new Uint8Array(0);
const error: ErrorFrame = {
  type: FrameType.error,
  requestId: 11,
  code: "F00",
  name: "NotAcceptedError",
  triggeredAtMs: Date.parse("2017-12-24T16:14:32.279Z"),
  data: ascii("oops"),
  entries: [],
};

test("the frames every BTP connection begins with", () => {
  const auth = exactly(sizeOfAuth("tok"), (into) => writeAuth(0x01020304, "tok", into));
  assert.equal(hex(auth), hex(AUTH_FRAME));
  assert.deepEqual(readAuth(readFrame(AUTH_FRAME)), { token: "tok", username: undefined });
  assert.equal(readFrame(AUTH_FRAME).requestId, 0x01020304);
  assert.equal(hex(write({ type: FrameType.response, requestId: 7, entries: [] })), hex(EMPTY_RESPONSE));
  const response = readFrame(EMPTY_RESPONSE);
  assert.deepEqual(
    [response.type, response.requestId, response.entryCount, response.ilpStart],
    [1, 7, 0, -1],
  );
});

test("a Message with an ILP packet says where the packet is", () => {
  const frame = readFrame(PREPARE_FRAME);
  assert.equal(frame.type, FrameType.message);
  assert.equal(frame.requestId, 0x01020304);
  assert.equal(hex(PREPARE_FRAME.subarray(frame.ilpStart, frame.ilpEnd)), hex(README_PREPARE));
  assert.ok(frame.isPlainIlp);
  assert.deepEqual(frame.entries, [{ name: "ilp", contentType: 0, data: README_PREPARE }]);
  const same = write({ type: FrameType.message, requestId: 0x01020304, entries: frame.entries });
  assert.equal(hex(same), hex(PREPARE_FRAME));
});

test("a Transfer and an Error, both ways", () => {
  const transfer = readFrame(TRANSFER_FRAME);
  assert.equal(transfer.amount, 100n);
  assert.deepEqual(transfer.entries, [{ name: "claim", contentType: 2, data: ascii("{}") }]);
  const { entries } = transfer;
  assert.equal(
    hex(write({ type: FrameType.transfer, requestId: 12, amount: 100, entries })),
    hex(TRANSFER_FRAME),
  );
  const view = readFrame(ERROR_FRAME);
  const { code, name, triggeredAtMs, errorText } = view;
  assert.deepEqual(
    { code, name, triggeredAtMs, errorText },
    {
      code: "F00",
      name: "NotAcceptedError",
      triggeredAtMs: error.triggeredAtMs,
      errorText: "oops",
    },
  );
  assert.deepEqual(view.errorData, ascii("oops"));
  assert.equal(hex(write(error)), hex(ERROR_FRAME));
});

test("a field that a frame does not have is not read out of it", () => {
  const frame = readFrame(PREPARE_FRAME);
  for (const read of [
    () => frame.amount,
    () => frame.code,
    () => frame.name,
    () => frame.errorData,
    () => frame.errorText,
  ])
    throwsWire("BAD_TYPE", read);
});

test("only the primary entry is the ILP packet (RFC 0023, Sub-protocols)", () => {
  const ilp = { name: "ilp", contentType: 0, data: README_PREPARE };
  const other = { name: "info", contentType: 1, data: ascii("x") };
  const read = (...entries: Frame["entries"]) =>
    readFrame(write({ type: FrameType.message, requestId: 1, entries }));
  assert.equal(read(other, ilp).ilpStart, -1);
  assert.equal(read({ ...ilp, name: "ilp2" }).ilpStart, -1);
  assert.equal(read({ ...ilp, name: "il" }).ilpStart, -1);
  const first = read(ilp, other);
  assert.equal(first.ilpEnd - first.ilpStart, README_PREPARE.length);
  assert.ok(!first.isPlainIlp);
  assert.ok(!read({ ...ilp, contentType: 1 }).isPlainIlp);
  const transfer = write({ type: FrameType.transfer, requestId: 1, amount: 1, entries: [ilp] });
  assert.ok(!readFrame(transfer).isPlainIlp);
});

test("a frame view that was used forgets what it held", () => {
  const view = readFrame(PREPARE_FRAME, new FrameView());
  readFrame(EMPTY_RESPONSE, view);
  assert.deepEqual([view.ilpStart, view.ilpEnd, view.entryCount, view.isPlainIlp], [-1, -1, 0, false]);
  assert.deepEqual(view.entries, []);
  readFrame(PREPARE_FRAME, view);
  throwsWire("TRUNCATED", () => readFrame(PREPARE_FRAME.subarray(0, 3), view));
  assert.deepEqual([view.ilpStart, view.entryCount, view.isPlainIlp], [-1, 0, false], "nor after an error");
});

test("more entries than one byte counts", () => {
  const entries = Array.from({ length: 300 }, (_, i) => ({ name: `p${i}`, contentType: 255, data: NONE }));
  const frame = readFrame(write({ type: FrameType.message, requestId: 2 ** 32 - 1, entries }));
  assert.equal(frame.entryCount, 300);
  assert.equal(frame.requestId, 2 ** 32 - 1);
  assert.deepEqual(frame.entries.at(-1), { name: "p299", contentType: 255, data: NONE });
});

test("counts that lie end at the frame's own end", () => {
  for (const count of ["01ff", "02ffff", "08ffffffffffffffff"]) {
    const body = `${count} 03696c70 00 00`;
    const size = fromHex(body).length.toString(16).padStart(2, "0");
    const bytes = fromHex(`06 00000001 ${size} ${body}`);
    throwsWire("TRUNCATED", () => readFrame(bytes), bytes.length);
  }
  throwsWire("BAD_LENGTH", () => readFrame(fromHex("06 00000001 01 00")), 6);
  throwsWire("BAD_LENGTH", () => readFrame(fromHex("06 00000001 03 02 0000")), 7);
});

test("types that BTP/2.0 does not have are refused, both ways", () => {
  for (let type = 0; type < 256; type++) {
    const bytes = EMPTY_RESPONSE.slice();
    bytes[0] = type;
    if (type === 1 || type === 6) assert.equal(readFrame(bytes).type, type);
    else if (type !== 2 && type !== 7) throwsWire("BAD_TYPE", () => readFrame(bytes), 0);
  }
  throwsWire("BAD_TYPE", () => writeFrame({ type: 3 as 1, requestId: 1, entries: [] }, new Uint8Array(99)));
});

test("fields out of range are not written", () => {
  const message = { type: FrameType.message, requestId: 1, entries: [] } as const;
  for (const requestId of [-1, 2 ** 32, 0.5, Number.NaN])
    throwsWire("OUT_OF_RANGE", () => write({ ...message, requestId }));
  for (const contentType of [-1, 256, 0.5])
    throwsWire("OUT_OF_RANGE", () =>
      write({ ...message, entries: [{ name: "a", contentType, data: NONE }] }),
    );
  throwsWire("BAD_TEXT", () => write({ ...message, entries: [{ name: "ä", contentType: 0, data: NONE }] }));
  throwsWire("OUT_OF_RANGE", () => write({ ...error, code: "F" }));
  throwsWire("BAD_TEXT", () => write({ ...error, name: "ä" }));
  throwsWire("BAD_TIMESTAMP", () => write({ ...error, triggeredAtMs: Number.NaN }));
  throwsWire("OUT_OF_RANGE", () => write({ ...message, type: FrameType.transfer, amount: -1 }));
  throwsWire("NO_ROOM", () => writeFrame(message, new Uint8Array(7)));
  throwsWire("NO_ROOM", () => writeAuth(1, "tok", new Uint8Array(sizeOfAuth("tok") - 1)));
});

test("data of an Error: 8192 bytes and no more", () => {
  const most = new Uint8Array(MAX_ERROR_DATA).fill(1);
  const bytes = write({ ...error, data: most });
  assert.deepEqual(readFrame(bytes).errorData, most);
  throwsWire("TOO_LONG", () => write({ ...error, data: new Uint8Array(MAX_ERROR_DATA + 1) }));
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  const at = bytes.length - 2 - MAX_ERROR_DATA - 3;
  longer.set([0x82, 0x20, 0x01], at);
  longer.set([0x82, (longer.length - 8) >> 8, (longer.length - 8) & 255], 5);
  throwsWire("TOO_LONG", () => readFrame(longer), at);
});

test("names and codes are ASCII", () => {
  const named = fromHex("06 00000001 06 0101 01e4 00 00");
  throwsWire("BAD_TEXT", () => readFrame(named), 9);
  const coded = ERROR_FRAME.slice();
  coded[6] = 0xe4;
  throwsWire("BAD_TEXT", () => readFrame(coded), 6);
});

test("extra bytes behind the entries and behind the frame are ignored", () => {
  const inside = fromHex("01 00000007 04 0100 abcd");
  assert.equal(readFrame(inside).end, inside.length);
  const behind = fromHex("01 00000007 02 0100 abcd");
  assert.equal(readFrame(behind).end, 8);
  const plain = new Uint8Array(PREPARE_FRAME.length + 1);
  plain.set(PREPARE_FRAME);
  plain[5]!++;
  assert.ok(!readFrame(plain).isPlainIlp, "a frame that says more is not copied whole");
});

test("tokens: empty, in UTF-8, with a user name; and every rule of RFC 0023 broken", () => {
  const auth = { name: "auth", contentType: 0, data: NONE };
  const token = { name: "auth_token", contentType: 1, data: ascii("t") };
  const username = { name: "auth_username", contentType: 1, data: ascii("u") };
  const read = (type: 1 | 6, ...entries: Frame["entries"]) =>
    readAuth(readFrame(write({ type, requestId: 1, entries })));
  for (const text of ["", "tök€n", "x".repeat(200)]) {
    const bytes = exactly(sizeOfAuth(text), (into) => writeAuth(1, text, into));
    assert.deepEqual(readAuth(readFrame(bytes)), { token: text, username: undefined });
  }
  assert.deepEqual(read(6, auth, username, token), { token: "t", username: "u" });
  assert.equal(read(1, auth, token), undefined, "a Response");
  assert.equal(read(6), undefined, "no entries");
  assert.equal(read(6, token, auth), undefined, "auth is not the primary one");
  assert.equal(read(6, auth), undefined, "no token");
  assert.equal(read(6, { ...auth, data: ascii("x") }, token), undefined, "auth with data");
  assert.equal(read(6, { ...auth, contentType: 1 }, token), undefined, "auth as text");
  assert.equal(read(6, auth, { ...token, contentType: 0 }), undefined, "a token in octets");
  assert.equal(read(6, auth, token, token), undefined, "two tokens");
  assert.equal(readAuth(readFrame(FULFILL_FRAME)), undefined);
  assert.equal(readAuth(readFrame(REJECT_FRAME)), undefined);
});
