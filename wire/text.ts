import { WireError } from "./error.ts";

/** Characters to one call of String.fromCharCode: engines bound the number of arguments. */
const CHUNK = 4096;

/** Up to here eight characters at a time are faster than one call with all of them, which needs a view first. */
const SHORT = 64;

/** The bytes as text, one character a byte: right for ASCII. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  if (end - start <= SHORT) {
    for (; at + 8 <= end; at += 8)
      text += String.fromCharCode(
        bytes[at]!,
        bytes[at + 1]!,
        bytes[at + 2]!,
        bytes[at + 3]!,
        bytes[at + 4]!,
        bytes[at + 5]!,
        bytes[at + 6]!,
        bytes[at + 7]!,
      );
    for (; at < end; at++) text += String.fromCharCode(bytes[at]!);
    return text;
  }
  for (; at < end; at += CHUNK)
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(at, Math.min(end, at + CHUNK)) as unknown as number[],
    );
  return text;
}

/** @throws WireError BAD_TEXT at the first byte that is not ASCII, which is what IA5String holds */
export function checkAscii(bytes: Uint8Array, start: number, end: number, what: string): void {
  for (let at = start; at < end; at++)
    if (bytes[at]! > 0x7f) throw new WireError("BAD_TEXT", at, `a character of ${what} is not ASCII`);
}

/**
 * Writes one byte a character and returns the offset behind the last; room is the caller's to check.
 *
 * @throws WireError BAD_TEXT for a character that is not ASCII
 */
export function writeAscii(text: string, what: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) throw new WireError("BAD_TEXT", at + i, `a character of ${what} is not ASCII`);
    into[at + i] = unit;
  }
  return at + text.length;
}

/** True when the bytes are the text, which must be ASCII. Makes no string. */
export function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

const REPLACEMENT = 0xfffd;

/**
 * Decodes UTF-8. What is no UTF-8 becomes U+FFFD, in the same places as in the TextDecoder of browsers (WHATWG Encoding,
 * 8.1.1), so text of a stranger can always be logged. By hand, because k6 has had a TextDecoder for a short time only.
 */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  let ascii = start;
  while (ascii < end && bytes[ascii]! < 0x80) ascii++;
  let text = asciiText(bytes, start, ascii);
  for (let at = ascii; at < end; ) {
    const lead = bytes[at++]!;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    // The second byte's bounds keep out overlong forms, surrogates and what lies past U+10FFFF.
    let more =
      lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) === 0xe0 ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    let least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let point = more === 0 ? REPLACEMENT : lead & (0x3f >> more);
    for (; more > 0; more--) {
      const next = at < end ? bytes[at]! : 0;
      if (next < least || next > most) {
        point = REPLACEMENT;
        break;
      }
      point = (point << 6) | (next & 0x3f);
      least = 0x80;
      most = 0xbf;
      at++;
    }
    text += String.fromCodePoint(point);
  }
  return text;
}

/** How many characters UTF-8 holds: every byte that does not continue one. */
export function countCharacters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}

/** The code point at `i`, a lone surrogate being U+FFFD. */
function pointAt(text: string, i: number): number {
  const point = text.codePointAt(i)!;
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}

/** Bytes a text takes as UTF-8. */
export function sizeOfUtf8(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    const point = pointAt(text, i);
    size += point < 0x800 ? 1 : 2;
    // A pair counts as two units and takes four bytes.
    if (point > 0xffff) i++;
  }
  return size;
}

/** Writes a text as UTF-8 and returns the offset behind it; room is the caller's to check. */
export function writeUtf8(text: string, into: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    if (point < 0x80) {
      into[to++] = point;
    } else if (point < 0x800) {
      into[to++] = 0xc0 | (point >> 6);
      into[to++] = 0x80 | (point & 0x3f);
    } else if (point < 0x1_0000) {
      into[to++] = 0xe0 | (point >> 12);
      into[to++] = 0x80 | ((point >> 6) & 0x3f);
      into[to++] = 0x80 | (point & 0x3f);
    } else {
      into[to++] = 0xf0 | (point >> 18);
      into[to++] = 0x80 | ((point >> 12) & 0x3f);
      into[to++] = 0x80 | ((point >> 6) & 0x3f);
      into[to++] = 0x80 | (point & 0x3f);
      i++;
    }
  }
  return to;
}
