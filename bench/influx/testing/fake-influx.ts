/** An InfluxDB 1.x as far as a writer sees it, that writes as badly as a test wants. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeInflux {
  readonly origin: string;
  /** Lines of each write that had any. */
  readonly writes: readonly string[][];
}

/** @param answer what a write with lines in it gets; asking without lines, and queries, go well */
export async function fakeInflux(
  t: { readonly after: (done: () => void) => void },
  answer: (response: ServerResponse, attempt: number) => void,
): Promise<FakeInflux> {
  const writes: string[][] = [];
  const server = createServer(async (request, response) => {
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
