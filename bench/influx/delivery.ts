import type { Address } from "./address.ts";
import { type Answer, write } from "./server.ts";

/** What became of a batch of points. */
export type Delivery =
  | { readonly taken: true; readonly written: number; readonly refused: number; readonly why: string }
  /**
   * Nothing is wrong with the points: they may be sent again, and then take the same place. Too many of them for one write
   * are taken when they are fewer.
   */
  | { readonly taken: false; readonly why: string; readonly tooLarge?: true };

/** Sends a batch of points; `signal` bounds how long. */
export type Deliver = (lines: readonly string[], signal: AbortSignal) => Promise<Delivery>;

/** Delivers to a real database. */
export function deliverTo(address: Address): Deliver {
  return async (lines, signal) => deliveryOf(await write(address, lines, signal), lines.length);
}

function deliveryOf({ status, error }: Answer, sent: number): Delivery {
  if (status === 204 || status === 200) return { taken: true, written: sent, refused: 0, why: "" };
  const why = error || `status ${status}`;
  // As a proxy before the database says it, or the database itself: of a write that can be smaller, not of its points.
  if (status === 413 && sent > 1) return { taken: false, why, tooLarge: true };
  // The points are at fault, and would be again.
  if (status === 400 || status === 413) {
    const refused = refusedOf(error, sent);
    return { taken: true, written: sent - refused, refused, why };
  }
  return { taken: false, why };
}

/** `partial write: ... dropped=3`: the others were written. Where it does not say how many, none is taken for written. */
function refusedOf(error: string, sent: number): number {
  const dropped = Number(/^partial write: .*dropped=(\d+)/.exec(error)?.[1] ?? 0);
  return dropped > 0 ? Math.min(dropped, sent) : sent;
}
