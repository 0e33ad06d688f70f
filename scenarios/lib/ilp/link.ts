import { clearTimeout, setTimeout } from "k6/timers";
import { WebSocket } from "k6/websockets";
import { FrameType, sizeOfAuth, writeAuth } from "../../../wire/btp.ts";
import { packetAt } from "./answer.ts";

/** What a link tells of. Times are the socket's, epoch milliseconds with a fraction. */
export interface LinkEvents {
  /** The peer took the token: packets may go. */
  onUp(): void;
  /**
   * @param bytes length of the view, which k6's VM is slow to tell
   * @param at offset of the ILP packet, 0 if the answer carries none
   */
  onAnswer(requestId: number, view: DataView, bytes: number, at: number, atMs: number): void;
  /** A frame that is none, or a text: nobody can tell which packet it is about. */
  onUnreadable(): void;
  /** @param what how it went, to follow a subject */
  onDown(what: string): void;
}

export interface Link {
  send(frame: ArrayBuffer): void;
  /** Bytes that the connector has not read yet; k6 itself would keep any number of them. */
  waitingBytes(): number;
  close(): void;
}

/** The first Message of a link carries its token; packets count from there on. */
const AUTH_ID = 0;
/** RFC 0023 has a server close who does not authenticate; one that says nothing is not waited for either. */
const AUTH_MS = 5_000;
/** Type and request id. */
const HEAD_BYTES = 5;

/** Dials a connector and says who we are (RFC 0023, Authentication). */
export function dial(url: string, token: string, events: LinkEvents): Link {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer" as typeof socket.binaryType;
  let up = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const down = (why: string) => {
    if (ended) return;
    ended = true;
    if (patience !== undefined) clearTimeout(patience);
    events.onDown(
      up ? `is down: ${why}` : `did not come up, is it a BTP server that knows our token? ${why}`,
    );
  };
  socket.onopen = () => {
    const frame = new ArrayBuffer(sizeOfAuth(token));
    writeAuth(AUTH_ID, token, new Uint8Array(frame));
    socket.send(frame);
    patience = setTimeout(() => {
      down(`no answer to it within ${AUTH_MS / 1_000} s`);
      socket.close();
    }, AUTH_MS);
  };
  socket.onmessage = (event) => {
    if (event === undefined) return;
    const data = event.data as ArrayBuffer;
    const bytes = data.byteLength;
    // Of a text it is undefined.
    if (!(bytes >= HEAD_BYTES)) {
      events.onUnreadable();
      return;
    }
    const view = new DataView(data);
    const type = view.getUint8(0);
    const requestId = view.getUint32(1);
    if (up) {
      const at = type === FrameType.response ? packetAt(view, bytes) : 0;
      events.onAnswer(requestId, view, bytes, at, event.timestamp);
    } else if (type === FrameType.response) {
      up = true;
      if (patience !== undefined) clearTimeout(patience);
      events.onUp();
    } else socket.close();
  };
  socket.onerror = (error) => down(String(error?.error ?? "unknown"));
  socket.onclose = () => down("closed");
  return {
    send: (frame) => socket.send(frame),
    waitingBytes: () => socket.bufferedAmount,
    close: () => socket.close(),
  };
}
