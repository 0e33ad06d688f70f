import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Meter } from "./metrics.ts";

/** One request on an RPC port, from its arrival to its end: counted exactly once, however it ends. */
export interface Exchange {
  /** Aborted when the call is over: answered, or its client gone. */
  readonly signal: AbortSignal;
  /** To be called when the answer is handed to the socket, just before its last byte. */
  answered(code: string): void;
}

// One reason for all calls: without one, abort() makes an exception with a stack trace, 4 us that nobody looks at.
const COMPLETED = new ConnectError("the call is complete", Code.Canceled);
const CLIENT_GONE = new ConnectError("the client closed the connection", Code.Canceled);

export function exchange(res: ServerResponse | Http2ServerResponse, meter: Meter): Exchange {
  const arrivedMs = meter.arrived();
  const controller = new AbortController();
  let over = false;
  const end = (code: string, reason: ConnectError) => {
    if (over) return;
    over = true;
    meter.answered(code, arrivedMs);
    controller.abort(reason);
  };
  res.once("close", () => end("canceled", CLIENT_GONE));
  return { signal: controller.signal, answered: (code) => end(code, COMPLETED) };
}
