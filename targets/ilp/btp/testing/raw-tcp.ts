import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP connection without any manners. */
export class RawTcp implements Disposable {
  readonly socket: Socket;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {}); // a reset is one of the outcomes under test
    socket.on("close", () => {
      this.closed = true;
    });
    socket.resume();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

export async function rawTcp(port: number): Promise<RawTcp> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new RawTcp(socket);
}
