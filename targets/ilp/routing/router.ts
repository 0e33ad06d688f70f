import type { PrepareView } from "../../../wire/ilp.ts";
import type { Route } from "./route.ts";
import { RouteTable } from "./route-table.ts";

/** The part of a Prepare that decides its way. */
export type Destination = Pick<
  PrepareView,
  "bytes" | "destinationStart" | "destinationEnd" | "destinationHash"
>;

/**
 * The routes in force. Replacing them builds the new table first and then puts it in the old one's place, so a packet
 * meets either all old routes or all new ones, and routes that are refused change nothing.
 */
export class Router<R extends Route = Route> {
  #table: RouteTable<R>;

  /** @throws RouteError */
  constructor(routes: readonly R[]) {
    this.#table = new RouteTable(routes);
  }

  /** Routes loaded. */
  get size(): number {
    return this.#table.size;
  }

  /** @throws RouteError, and the old routes stay */
  replace(routes: readonly R[]): void {
    this.#table = new RouteTable(routes);
  }

  /** The route with the longest prefix, or undefined: F02. */
  lookup({ bytes, destinationStart, destinationEnd, destinationHash }: Destination): R | undefined {
    return this.#table.lookup(bytes, destinationStart, destinationEnd, destinationHash);
  }
}
