/** Addresses of a real server's replicas, of PLIMSOLL_TIGERBEETLE; none where there is no server. */
export const TIGERBEETLE = process.env.PLIMSOLL_TIGERBEETLE?.split(",") ?? [];

/** Options of a test that needs one: it says plainly that it was not run. */
export const needsTigerBeetle =
  TIGERBEETLE.length > 0
    ? {}
    : { skip: "NOT RUN: no server; set PLIMSOLL_TIGERBEETLE to its address (127.0.0.1:3000)" };
