/**
 * Headers of WebSocket messages (RFC 6455, section 5.2): whole binary messages, which is all BTP sends.
 *
 * Receiving, control frames and handshakes are the business of `ws`; see outbox.ts for why sending is not.
 */
import { randomFillSync } from "node:crypto";

const WHOLE_BINARY = 0x82;
const MASKED = 0x80;

/** Bytes before a payload of up to 64 KiB; a client's messages carry four bytes of mask (section 5.3). */
export function sizeOfHeader(payload: number, masked: boolean): number {
  const size = payload < 126 ? 2 : payload < 65_536 ? 4 : 10;
  return masked ? size + 4 : size;
}

/** Random bytes are fetched in bulk: one call a frame would cost more than the frame. */
const keys = new Uint8Array(8192);
let keyAt = keys.length;

/** Puts a header before the payload `bytes[start, end)` and masks the payload in place where it has to be. */
export function wrapPayload(bytes: Uint8Array, start: number, end: number, masked: boolean): void {
  const payload = end - start;
  let at = start - sizeOfHeader(payload, masked);
  const mask = masked ? MASKED : 0;
  bytes[at] = WHOLE_BINARY;
  if (payload < 126) {
    bytes[at + 1] = mask | payload;
    at += 2;
  } else if (payload < 65_536) {
    bytes[at + 1] = mask | 126;
    bytes[at + 2] = payload >>> 8;
    bytes[at + 3] = payload;
    at += 4;
  } else {
    bytes[at + 1] = mask | 127;
    bytes.fill(0, at + 2, at + 6);
    bytes[at + 6] = payload >>> 24;
    bytes[at + 7] = payload >>> 16;
    bytes[at + 8] = payload >>> 8;
    bytes[at + 9] = payload;
    at += 10;
  }
  if (masked) maskPayload(bytes, at, start, end);
}

function maskPayload(bytes: Uint8Array, keyTo: number, start: number, end: number): void {
  if (keyAt === keys.length) {
    randomFillSync(keys);
    keyAt = 0;
  }
  const a = keys[keyAt]!;
  const b = keys[keyAt + 1]!;
  const c = keys[keyAt + 2]!;
  const d = keys[keyAt + 3]!;
  keyAt += 4;
  bytes[keyTo] = a;
  bytes[keyTo + 1] = b;
  bytes[keyTo + 2] = c;
  bytes[keyTo + 3] = d;
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    bytes[i]! ^= a;
    bytes[i + 1]! ^= b;
    bytes[i + 2]! ^= c;
    bytes[i + 3]! ^= d;
  }
  if (i < end) bytes[i]! ^= a;
  if (i + 1 < end) bytes[i + 1]! ^= b;
  if (i + 2 < end) bytes[i + 2]! ^= c;
}
