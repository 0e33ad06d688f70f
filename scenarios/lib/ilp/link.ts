import { WebSocket } from "k6/websockets";
import { FrameType, sizeOfAuth, writeAuth } from "../../../wire/btp.ts";
import { PacketType } from "../../../wire/ilp.ts";

/** What a link tells of. Times are the socket's, epoch milliseconds with a fraction. */
export interface LinkEvents {
  /** The peer took the token: packets may go. */
  onUp(): void;
  /** @param at offset of the ILP packet, 0 if the answer carries none */
  onAnswer(requestId: number, view: DataView, at: number, atMs: number): void;
  /** @param what how it went, to follow a subject */
  onDown(what: string): void;
}

export interface Link {
  send(frame: ArrayBuffer): void;
  close(): void;
}

/** The first Message of a link carries its token; packets count from there on. */
const AUTH_ID = 0;

/** Dials a connector and says who we are (RFC 0023, Authentication). */
export function dial(url: string, token: string, events: LinkEvents): Link {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer" as typeof socket.binaryType;
  let up = false;
  socket.onopen = () => {
    const frame = new ArrayBuffer(sizeOfAuth(token));
    writeAuth(AUTH_ID, token, new Uint8Array(frame));
    socket.send(frame);
  };
  socket.onmessage = (event) => {
    if (event === undefined) return;
    const view = new DataView(event.data as ArrayBuffer);
    const type = view.getUint8(0);
    const requestId = view.getUint32(1);
    if (up)
      events.onAnswer(requestId, view, type === FrameType.response ? packetAt(view) : 0, event.timestamp);
    else if (type === FrameType.response) {
      up = true;
      events.onUp();
    } else socket.close();
  };
  const down = (why: string) =>
    events.onDown(
      up ? `is down: ${why}` : `did not come up, is it a BTP server that knows our token? ${why}`,
    );
  socket.onerror = (error) => down(String(error?.error ?? "unknown"));
  socket.onclose = () => down("closed");
  return {
    send: (frame) => socket.send(frame),
    close: () => socket.close(),
  };
}

/** Of the last Response: answers of one length have one layout, and a load's answers mostly have one length. */
let lastBytes = 0;
let lastAt = 0;

/**
 * Where the ILP packet of a Response lies that carries it alone, or 0: type, id, length, then one entry named `ilp`. k6
 * takes 15 us to read a whole Fulfill; these few bytes tell as much as a load needs to know.
 */
function packetAt(view: DataView): number {
  const bytes = view.byteLength;
  if (bytes === lastBytes && view.getUint32(lastAt - SHORT_NAME) === ILP) return lastAt;
  const at = search(view, bytes);
  if (at > 0 && view.getUint8(at - 1) < 0x80) {
    lastBytes = bytes;
    lastAt = at;
  }
  return at;
}

/** The name's length and letters; and from there to the packet, where its length takes one byte. */
const ILP = 0x03696c70;
const SHORT_NAME = 6;

function search(view: DataView, bytes: number): number {
  const lengthOf = (at: number) => {
    const first = view.getUint8(at);
    return first < 0x80 ? 1 : 1 + (first & 0x7f);
  };
  const name = 5 + lengthOf(5) + 2;
  if (bytes < name + 6 || view.getUint32(name) !== ILP) return 0;
  const at = name + 5 + lengthOf(name + 5);
  if (at >= bytes) return 0;
  const type = view.getUint8(at);
  return type === PacketType.fulfill || type === PacketType.reject ? at : 0;
}
