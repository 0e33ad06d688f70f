import { WebSocket } from "k6/websockets";

/** A subscriber of a telemetry hub. */
export interface Subscriber {
  readonly up: boolean;
  /** Does nothing while it is not up. */
  send(text: string): void;
  close(): void;
}

/**
 * Subscribes to a hub. One that it does not let in stays down, and one that it cuts is down from then on.
 *
 * @param filter `?types=...`, or nothing for all there is
 * @param onText a frame, and when it had reached the socket: epoch milliseconds with a fraction
 */
export function subscribe(
  hub: string,
  filter: string,
  onText: (text: string, atMs: number) => void,
): Subscriber {
  const socket = new WebSocket(`${hub}/subscribe${filter}`);
  // The hub sends text; k6 wants to know what to make of anything else.
  socket.binaryType = "arraybuffer" as typeof socket.binaryType;
  let up = false;
  const down = () => {
    up = false;
  };
  socket.onopen = () => {
    up = true;
  };
  socket.onerror = down;
  socket.onclose = down;
  socket.onmessage = (event) => {
    if (typeof event?.data === "string") onText(event.data, event.timestamp);
  };
  return {
    get up() {
      return up;
    },
    send: (text) => up && socket.send(text),
    close: () => socket.close(),
  };
}

/** A frame of the hub, as far as it matters here: a batch of a node, how many were left out, or a pong. */
export interface HubFrame {
  readonly node?: string;
  readonly dropped?: number;
  readonly events?: readonly {
    readonly type: string;
    readonly packetId: string;
    readonly timestamp: number;
  }[];
  readonly missed?: number;
  readonly pong?: number;
}

/** Nothing, for what cannot be read: what was in it will be missing. */
export function readFrame(text: string): HubFrame {
  try {
    const frame: HubFrame | null = JSON.parse(text);
    return frame ?? {};
  } catch {
    return {};
  }
}
