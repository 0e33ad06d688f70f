import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcp } from "node:net";

/** A TCP line to a server, between it and its clients, with the faults of lines. */
export interface Line extends AsyncDisposable {
  /** What clients connect to. */
  readonly address: string;
  /** The server hears its clients, they do not hear it: what it says is lost. */
  deaf: boolean;
  /** Ends all connections; the next ones get through. */
  cut(): void;
}

/** @param to the server's address: `host:port`, or a port of this machine */
export async function lineTo(to: string): Promise<Line> {
  const at = to.lastIndexOf(":");
  const [host, port] = [at < 0 ? "127.0.0.1" : to.slice(0, at), Number(to.slice(at + 1))];
  const sockets = new Set<Socket>();
  let deaf = false;
  const server = createServer((client) => {
    const upstream = tcp(port, host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => deaf || client.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get deaf() {
      return deaf;
    },
    set deaf(value) {
      deaf = value;
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
