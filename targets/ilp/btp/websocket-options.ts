import type { ClientOptions, ServerOptions } from "ws";
import type { Limits } from "./limits.ts";

/** Parts of one message: TCP segments while it is not whole, WebSocket fragments. No peer needs as many. */
const MAX_PARTS = 256;

/** What both ends tell `ws`. */
export function webSocketOptions({ closeMs, maxPayload }: Limits) {
  return {
    // Compression costs more than the bytes it saves, and lets a few bytes become many.
    perMessageDeflate: false,
    maxPayload,
    maxFragments: MAX_PARTS,
    maxBufferedChunks: MAX_PARTS,
    // Text is refused unread.
    skipUTF8Validation: true,
    // All messages of one read in one turn. Otherwise `ws` waits a turn after each: measured, ten times slower.
    allowSynchronousEvents: true,
    // Not in @types/ws yet.
    closeTimeout: closeMs,
  } satisfies ServerOptions & ClientOptions & { closeTimeout: number };
}
