import { ContentType, FrameType, type FrameView } from "./frame.ts";
import { sizeOfOctets, writeLength } from "./oer.ts";
import { sizeOfUtf8, utf8Text, writeAscii, writeUtf8 } from "./text.ts";
import { openFrame } from "./write-frame.ts";

/** The first frame of a BTP connection, as far as the server needs it (RFC 0023, Authentication). */
export interface Auth {
  /** May be empty. */
  readonly token: string;
  /** `auth_username`, where the client sent one. */
  readonly username: string | undefined;
}

/**
 * What an auth frame says; undefined for any other frame and for one that breaks the RFC's rules, which a server answers
 * with an Error and a close: not a Message, primary entry not `auth` with no data, no `auth_token` in text, or two entries
 * of one name.
 */
export function readAuth(frame: FrameView): Auth | undefined {
  if (frame.type !== FrameType.message) return undefined;
  const { entries } = frame;
  const [primary] = entries;
  if (primary?.name !== "auth" || primary.contentType !== ContentType.octets || primary.data.length > 0)
    return undefined;
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const token = byName.get("auth_token");
  if (byName.size !== entries.length || token?.contentType !== ContentType.text) return undefined;
  const username = byName.get("auth_username");
  const text = (data: Uint8Array) => utf8Text(data, 0, data.length);
  return { token: text(token.data), username: username && text(username.data) };
}

const TOKEN_NAME = "auth_token";
// Count of two, then `auth` with its type and no data.
const HEAD_SIZE = 2 + sizeOfOctets(4) + 2;

function sizeOfBody(tokenSize: number): number {
  return HEAD_SIZE + sizeOfOctets(TOKEN_NAME.length) + 1 + sizeOfOctets(tokenSize);
}

/** Bytes an auth frame takes. */
export function sizeOfAuth(token: string): number {
  return 5 + sizeOfOctets(sizeOfBody(sizeOfUtf8(token)));
}

/**
 * Writes the frame a client sends first, and returns the offset behind it.
 *
 * @param token may be empty
 * @throws WireError OUT_OF_RANGE, NO_ROOM
 */
export function writeAuth(requestId: number, token: string, into: Uint8Array, at = 0): number {
  const tokenSize = sizeOfUtf8(token);
  let to = openFrame(FrameType.message, requestId, sizeOfBody(tokenSize), into, at);
  into[to] = 1;
  into[to + 1] = 2;
  to = writeAscii("auth", "a name", into, writeLength(4, into, to + 2));
  into[to] = ContentType.octets;
  into[to + 1] = 0;
  to = writeAscii(TOKEN_NAME, "a name", into, writeLength(TOKEN_NAME.length, into, to + 2));
  into[to] = ContentType.text;
  return writeUtf8(token, into, writeLength(tokenSize, into, to + 1));
}
