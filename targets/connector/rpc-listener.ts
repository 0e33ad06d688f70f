import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { ConnectRouter } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import type { Logger } from "pino";
import { answerCode } from "./answer-code.ts";
import { type Exchange, exchange } from "./exchange.ts";
import type { FastLane } from "./fast-lane.ts";
import type { Meter } from "./metrics.ts";

/**
 * Carries HTTP requests to the service and its answers back; a replacement for connectNodeAdapter with three lanes.
 *
 * fast     HTTP/1.1, the common case of the Connect protocol (fast-lane.ts): a third of the price of the next
 * gather   HTTP/1.1, everything else: connect's handler, given the body as one chunk and its answer written with one call
 * stream   HTTP/2, and answers of several chunks: connect's conversion from and to Node as it is
 *
 * In the last two the protocol (content types, codes, deadlines, compression, error bodies) is connect's own, and in the
 * first everything but a plain success is.
 */
export interface RpcListenerOptions {
  readonly handlers: ConnectRouter["handlers"];
  /** Fast lanes by request path; a method may have none. */
  readonly fastLanes: ReadonlyMap<string, FastLane>;
  readonly meter: Meter;
  readonly logger: Logger;
  /** The server's own base URL; interceptors see it in `req.url`, whatever the client wrote into its Host header. */
  readonly baseUrl: () => string;
  /** Largest body that is gathered; the handlers are to have the same readMaxBytes, and refuse what is larger. */
  readonly bodyBytes: number;
  /** Whether the server is shutting down: connections are then not kept alive. */
  readonly draining: () => boolean;
}

type Handler = ConnectRouter["handlers"][number];

export interface RpcListener {
  http1(req: IncomingMessage, res: ServerResponse): void;
  http2(req: Http2ServerRequest, res: Http2ServerResponse): void;
}

export function rpcListener(options: RpcListenerOptions): RpcListener {
  const { meter, logger, bodyBytes, fastLanes } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.requestPath, handler]));

  /** Something connect did not foresee. Its client gets a bare 500, the log the reason. */
  function failed(reason: unknown, res: ServerResponse | Http2ServerResponse, call: Exchange): void {
    if (res.destroyed || (res.socket?.destroyed ?? true)) return; // the client left; "close" counts it
    logger.error({ err: reason }, "answering a request failed");
    call.answered("http_500");
    if (res.headersSent) res.destroy();
    else {
      res.statusCode = 500;
      res.end();
    }
  }

  function notFound(res: ServerResponse | Http2ServerResponse, call: Exchange): void {
    call.answered("http_404");
    res.statusCode = 404;
    res.end();
  }

  async function streamLane(
    handler: Handler,
    req: Http2ServerRequest,
    res: Http2ServerResponse,
    call: Exchange,
  ): Promise<void> {
    try {
      const answer = await handler(universalRequestFromNodeRequest(req, res, undefined, undefined));
      await universalResponseToNodeResponse(counting(answer, call), res);
    } catch (reason) {
      failed(reason, res, call);
    }
  }

  /** Writes an answer of connect's, in one piece where it is one. */
  async function write(answer: UniversalServerResponse, res: ServerResponse, call: Exchange): Promise<void> {
    const chunks = answer.body?.[Symbol.asyncIterator]();
    const first = await chunks?.next();
    if (options.draining()) res.shouldKeepAlive = false;
    if (chunks !== undefined && first !== undefined && !first.done && !isWhole(answer, first.value)) {
      await universalResponseToNodeResponse(
        counting({ ...answer, body: from(first.value, chunks) }, call),
        res,
      );
      return;
    }
    const chunk = first?.done ? undefined : first?.value;
    res.writeHead(answer.status, outgoingHeaders(answer.header));
    call.answered(answerCode(answer, chunk));
    res.end(chunk);
  }

  async function gatherLane(
    handler: Handler,
    req: IncomingMessage,
    res: ServerResponse,
    chunks: readonly Uint8Array[],
    call: Exchange,
  ): Promise<void> {
    try {
      const answer = await handler({
        httpVersion: req.httpVersion,
        method: req.method ?? "",
        url: options.baseUrl() + req.url,
        header: headersOf(req),
        body: chunksOf(chunks),
        signal: call.signal,
      });
      await write(answer, res, call);
    } catch (reason) {
      failed(reason, res, call);
    }
  }

  async function takeFastLane(
    lane: FastLane,
    req: IncomingMessage,
    res: ServerResponse,
    message: NonNullable<ReturnType<FastLane["parse"]>>,
    call: Exchange,
  ): Promise<void> {
    try {
      const result = await lane.call(req, message, {
        url: options.baseUrl() + req.url,
        header: headersOf(req),
        signal: call.signal,
      });
      if (result.kind === "error") {
        await write(result.answer, res, call);
        return;
      }
      if (options.draining()) res.shouldKeepAlive = false;
      res.writeHead(200, result.header);
      call.answered("ok");
      res.end(result.body); // a string leaves with the head in one write
    } catch (reason) {
      failed(reason, res, call);
    }
  }

  return {
    http1(req, res) {
      if (options.draining()) res.shouldKeepAlive = false;
      const call = exchange(res, meter);
      const path = pathOf(req.url);
      const handler = handlers.get(path);
      if (handler === undefined) {
        notFound(res, call);
        return;
      }
      const lane = fastLanes.get(path);
      gather(req, bodyBytes, (chunks, whole) => {
        const message = whole ? lane?.parse(req, joined(chunks)) : undefined;
        if (lane !== undefined && message !== undefined) void takeFastLane(lane, req, res, message, call);
        else void gatherLane(handler, req, res, chunks, call);
      });
    },
    http2(req, res) {
      const call = exchange(res, meter);
      const handler = handlers.get(pathOf(req.url));
      if (handler === undefined) notFound(res, call);
      else void streamLane(handler, req, res, call);
    },
  };
}

function pathOf(url: string | undefined): string {
  if (url === undefined) return "";
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/**
 * Reads a body and passes its chunks on. A body larger than `maxBytes` is passed on as soon as that is known, not whole,
 * for the handler to refuse; the rest of it is read and thrown away, so that the client can still read the answer, until
 * the server's request timeout ends it.
 */
function gather(
  req: IncomingMessage,
  maxBytes: number,
  onBody: (chunks: readonly Uint8Array[], whole: boolean) => void,
): void {
  if (Number(req.headers["content-length"]) > maxBytes) {
    req.resume();
    onBody([], false);
    return;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  req.on("data", (chunk: Uint8Array) => {
    if (bytes > maxBytes) return;
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBytes) onBody(chunks.splice(0), false);
  });
  req.on("end", () => {
    if (bytes <= maxBytes) onBody(chunks, true);
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** An async iterable over what is already here, without the machinery of an async generator. */
function chunksOf(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      let next = 0;
      return {
        next: async () => {
          const value = chunks[next++];
          return value === undefined ? { done: true, value } : { done: false, value };
        },
      };
    },
  };
}

async function* from(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The same answer, counted when its last chunk has been taken. */
function counting(answer: UniversalServerResponse, call: Exchange): UniversalServerResponse {
  async function* body(): AsyncIterable<Uint8Array> {
    let last: Uint8Array | undefined;
    for await (const chunk of answer.body ?? []) {
      last = chunk;
      yield chunk;
    }
    call.answered(answerCode(answer, last));
  }
  return { ...answer, body: body() };
}

/** Whether `chunk` is the whole body of an answer without trailers. */
function isWhole(answer: UniversalServerResponse, chunk: Uint8Array): boolean {
  return answer.trailer === undefined && answer.header?.get("content-length") === String(chunk.byteLength);
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (typeof value === "string") headers.append(name, value);
    else for (const item of value ?? []) headers.append(name, item);
  }
  return headers;
}

function outgoingHeaders(headers: Headers | undefined): OutgoingHttpHeaders | undefined {
  return headers === undefined ? undefined : Object.fromEntries(headers);
}
