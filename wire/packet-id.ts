/**
 * A packet's id is the first 12 bytes of its execution condition, as base64url: 16 characters. No connector may change the
 * condition (RFC 0027), so every hop and the sender know the same id, and nothing has to be added to a packet. 96 bits
 * of a SHA-256: among 10^9 packets two share an id with a chance of 10^-11. Packets that carry the same condition
 * are the same packet for telemetry.
 */
export const ID_BYTES = 12;

const ALPHABET = Uint8Array.from(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"],
  (character) => character.charCodeAt(0),
);

/** Writes 12 bytes as 16 characters and returns the offset behind them. */
export function writePacketId(bytes: Uint8Array, start: number, into: Uint8Array, at: number): number {
  let to = at;
  for (let from = start; from < start + ID_BYTES; from += 3) {
    const bits = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    into[to] = ALPHABET[bits >>> 18]!;
    into[to + 1] = ALPHABET[(bits >>> 12) & 63]!;
    into[to + 2] = ALPHABET[(bits >>> 6) & 63]!;
    into[to + 3] = ALPHABET[bits & 63]!;
    to += 4;
  }
  return to;
}

/**
 * The id as text.
 *
 * @param condition at least 12 bytes of it
 */
export function packetId(condition: Uint8Array): string {
  const into = new Uint8Array(16);
  writePacketId(condition, 0, into, 0);
  return String.fromCharCode(...into);
}
