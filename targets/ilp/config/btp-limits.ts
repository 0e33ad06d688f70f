import { z } from "zod";
import { DEFAULT_LIMITS, MAX_PAYLOAD } from "../btp/limits.ts";

/** Each is a slot of a table, and an id of 32 bits. */
const MOST_REQUESTS = 2 ** 20;

const { authMs, connections, pending, inbound, softBytes, hardBytes, stallMs, keepAliveMs, retryMaxMs } =
  DEFAULT_LIMITS;

const requests = z.int().min(1).max(MOST_REQUESTS);
const bytes = z
  .int()
  .min(MAX_PAYLOAD)
  .max(2 ** 31);
const ms = z.int().min(100).max(600_000);

/**
 * `btp.limits` of a node's file: what its peers' connections may cost. How long a request waits for its answer is no limit
 * of a connection but the packet's: `expiry.holdMs`.
 */
export const btpLimits = z
  .strictObject({
    /** Time for a connection to authenticate itself. */
    authMs: ms.default(authMs),
    /** Connections that are accepted at a time, of all peers. */
    connections: z.int().min(1).max(65_536).default(connections),
    /** Packets that a peer may leave unanswered: beyond it T04 for whoever sends it more. */
    pending: requests.default(pending),
    /** Packets that came by one connection and are not answered yet: beyond it T04. No fewer than `held.packets`. */
    inbound: requests.default(inbound),
    /**
     * Bytes that may wait for a peer that reads too slowly, over all its connections: beyond it T03 for whoever sends it
     * more, and halfway to `hardBytes` for what it sends itself. Then a connection ends that in `stallMs` takes less than
     * that, or than waited for it.
     */
    softBytes: bytes.default(softBytes),
    /** Bytes at which its fullest connection ends at once. */
    hardBytes: bytes.default(hardBytes),
    stallMs: ms.default(stallMs),
    /** A peer that was silent for so long is pinged, and cut when it is silent for as long again. */
    keepAliveMs: ms.default(keepAliveMs),
    /** The longest wait between two attempts to dial a peer. */
    retryMaxMs: ms.default(retryMaxMs),
  })
  .refine(({ softBytes, hardBytes }) => hardBytes > softBytes, {
    error: "must be above softBytes",
    path: ["hardBytes"],
  })
  .prefault({});
