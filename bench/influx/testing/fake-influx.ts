/** An InfluxDB 1.x as far as a writer sees it, that writes as badly as a test wants. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeInflux {
  readonly origin: string;
  /** Lines of each write that had any. */
  readonly writes: readonly string[][];
}

/** The limit of a proxy, unless said: none. */
interface FakeInfluxOptions {
  readonly mostBytes?: number;
}

/**
 * @param answer what a write with lines in it gets; asking without lines, and queries, go well
 * @param options a larger body than `mostBytes` is answered as nginx does before a database: without reading it
 */
export async function fakeInflux(
  t: { readonly after: (done: () => void) => void },
  answer: (response: ServerResponse, attempt: number) => void,
  { mostBytes = Number.POSITIVE_INFINITY }: FakeInfluxOptions = {},
): Promise<FakeInflux> {
  const writes: string[][] = [];
  const server = createServer(async (request, response) => {
    if (Number(request.headers["content-length"]) > mostBytes) {
      response.writeHead(413).end("<html><head><title>413 Request Entity Too Large</title></head></html>");
      return;
    }
    const body = await textOf(request);
    response.setHeader("X-Influxdb-Version", "1.8.10");
    if (request.url?.startsWith("/query")) response.end('{"results":[{"statement_id":0}]}');
    else if (body === "") response.writeHead(204).end();
    else answer(response, writes.push(body.split("\n")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, writes };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
