import { writeAddress } from "../../../wire/address.ts";
import { WireError } from "../../../wire/error.ts";

/** Destinations under a prefix go to a peer. Callers may hang more on it: a lookup answers the object they gave. */
export interface Route {
  /** ILP address prefix of whole segments, without a period at its end; "" for the default route. */
  readonly prefix: string;
  /** The peer's name. */
  readonly peer: string;
}

/** Most routes of a table. The whole internet's IPv4 table has about as many. */
export const MAX_ROUTES = 1_000_000;

/** A table that cannot be built from these routes. */
export class RouteError extends Error {
  override readonly name = "RouteError";
  readonly code: "bad-prefix" | "duplicate-prefix" | "too-many-routes";

  constructor(code: RouteError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * What is wrong with a prefix, or nothing. An address is a prefix with at least one more segment (RFC 0015), so a
 * prefix is right when it becomes an address that way.
 */
export function prefixFault(prefix: string): string | undefined {
  if (prefix === "") return undefined;
  const bytes = new Uint8Array(prefix.length + 2);
  try {
    writeAddress(`${prefix}.x`, bytes, 0);
    return undefined;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const why = prefix.endsWith(".") ? "leave out the period at its end" : error.message;
    return `"${prefix}" is no prefix of ILP addresses: ${why}`;
  }
}
