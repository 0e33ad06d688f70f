import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

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

/** Accepts connections and says nothing. */
export async function muteServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.resume().on("error", () => {}); // a reset is one of the outcomes under test
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
