/**
 * The same requests to connectNodeAdapter and to our own listener: status, headers that matter and body are to be the
 * same. The oracle is connect-node itself.
 */
import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import fc from "fast-check";
import {
  type GreeterService,
  SayHelloRequestSchema,
  GreeterService as service,
} from "./gen/greeter/v1/greeter_pb.ts";
import { SAY_HELLO } from "./testing/requests.ts";
import { openRpcPort } from "./testing/rpc-port.ts";

const LIMIT_BYTES = 64 * 1024;

/** A service with an answer of every kind, chosen by the name it is to greet. */
const impl: ServiceImpl<typeof GreeterService> = {
  async sayHello({ name }, { responseHeader, responseTrailer, requestHeader, signal }) {
    responseHeader.set("x-seen", requestHeader.get("x-ask") ?? "nothing");
    responseTrailer.set("x-last", "word");
    if (name === "throw") throw new Error("secret");
    if (name === "wait")
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (name.startsWith("code:")) {
      throw new ConnectError(`you asked for ${name}`, Number(name.slice(5)) as Code, { "x-meta": "data" }, [
        { desc: SayHelloRequestSchema, value: { name: "detail" } },
      ]);
    }
    return { message: `Hello, ${name}!` };
  },
};

/**
 * An interceptor that answers with headers of its own, as a fallback does. It names every header of the service: connect
 * 2.2 deletes the ones it replaces while it walks over them, and so leaves every other one in place.
 */
const replacing: Interceptor = (next) => async (req) => {
  const res = await next(req);
  if (req.header.get("x-replace") === null || res.stream) return res;
  return { ...res, header: new Headers({ "content-type": "application/json", "x-seen": "replaced" }) };
};

const bare = createServer(
  connectNodeAdapter({
    routes: (router) => void router.service(service, impl),
    readMaxBytes: LIMIT_BYTES,
    interceptors: [replacing],
  }),
);
await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
const ours = await openRpcPort({
  sayHello: impl.sayHello,
  interceptors: [replacing],
  limits: { bodyBytes: LIMIT_BYTES },
});
after(async () => {
  bare.closeAllConnections();
  bare.close();
  await ours[Symbol.asyncDispose]();
});

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly chunked?: boolean;
}

interface Response {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

/** Not compared: the time, and how HTTP frames the body and keeps the connection. */
const FRAMING = new Set(["date", "connection", "keep-alive", "transfer-encoding", "content-length"]);

function send(
  baseUrl: string,
  { method = "POST", path = SAY_HELLO, headers, body, chunked }: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const req = request(`${baseUrl}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
    });
    req.on("error", reject);
    req.on("response", (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.on("end", () => {
        let bytes = Buffer.concat(chunks);
        if (res.headers["content-encoding"] === "gzip") bytes = gunzipSync(bytes);
        resolve({
          status: res.statusCode,
          headers: Object.fromEntries(Object.entries(res.headers).filter(([name]) => !FRAMING.has(name))),
          trailers: res.trailers,
          body: bytes.toString("latin1"),
        });
      });
    });
    if (chunked) for (const part of [body?.slice(0, 5), body?.slice(5)]) req.write(part ?? "");
    req.end(chunked ? undefined : body);
  });
}

async function assertSame(req: Request): Promise<Response> {
  const [theirs, our] = await Promise.all([send(bareUrl, req), send(ours.url, req)]);
  assert.deepEqual(our, theirs);
  return our;
}

const hello = (name: string) => JSON.stringify({ name });
const protoHello = (name: string) => toBinary(SayHelloRequestSchema, create(SayHelloRequestSchema, { name }));
/** A gRPC or gRPC-web frame: flags, length, message. */
const frame = (message: Uint8Array) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
};

const TABLE: Record<string, [request: Request, status: number]> = {
  JSON: [{ body: hello("Ada") }, 200],
  "JSON with a charset": [
    { body: hello("Ada"), headers: { "content-type": "application/json; charset=utf-8" } },
    200,
  ],
  "JSON, content type in capitals": [
    { body: hello("Ada"), headers: { "content-type": "Application/JSON" } },
    200,
  ],
  "JSON with unknown fields": [{ body: '{"name":"Ada","age":36}' }, 200],
  "JSON of an empty object": [{ body: "{}" }, 200],
  "JSON with a byte order mark": [{ body: "\uFEFF{}" }, 200],
  "JSON beyond ASCII": [{ body: hello("Zoë 🎈") }, 200],
  "JSON with invalid UTF-8": [
    { body: Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]) },
    200,
  ],
  "JSON in two chunks": [{ body: hello("Ada"), chunked: true }, 200],
  protobuf: [{ body: protoHello("Ada"), headers: { "content-type": "application/proto" } }, 200],
  "an empty protobuf": [{ body: "", headers: { "content-type": "application/proto" } }, 200],
  "protocol version 1": [{ body: hello("Ada"), headers: { "connect-protocol-version": "1" } }, 200],
  "protocol version 2": [{ body: hello("Ada"), headers: { "connect-protocol-version": "2" } }, 200],
  "request headers reach the service": [{ body: hello("Ada"), headers: { "x-ask": "me" } }, 200],
  "an interceptor's own headers": [{ body: hello("Ada"), headers: { "x-replace": "1" } }, 200],
  "a query string": [{ path: `${SAY_HELLO}?a=b`, body: hello("Ada") }, 200],
  "a deadline that holds": [{ body: hello("Ada"), headers: { "connect-timeout-ms": "5000" } }, 200],
  "a deadline that passes": [{ body: hello("wait"), headers: { "connect-timeout-ms": "5" } }, 504],
  "a deadline that is none": [{ body: hello("Ada"), headers: { "connect-timeout-ms": "soon" } }, 400],
  "gzip in": [{ body: gzipSync(hello("Ada")), headers: { "content-encoding": "gzip" } }, 200],
  "gzip in that is no gzip": [{ body: hello("Ada"), headers: { "content-encoding": "gzip" } }, 400],
  "an unknown encoding in": [{ body: hello("Ada"), headers: { "content-encoding": "zip" } }, 501],
  "gzip accepted, a short answer": [{ body: hello("Ada"), headers: { "accept-encoding": "gzip" } }, 200],
  "gzip accepted, a long answer": [
    { body: hello("A".repeat(5000)), headers: { "accept-encoding": "gzip" } },
    200,
  ],
  "malformed JSON": [{ body: '{"name":' }, 400],
  "JSON of another type": [{ body: '{"name":42}' }, 400],
  "JSON that is an array": [{ body: "[]" }, 400],
  "a key twice": [{ body: '{"name":"a","name":"b"}' }, 400],
  "no body at all": [{ body: "" }, 400],
  "malformed protobuf": [{ body: "\x0a\x7fshort", headers: { "content-type": "application/proto" } }, 500],
  "a content type of another kind": [{ body: hello("Ada"), headers: { "content-type": "text/plain" } }, 415],
  "an empty content type": [{ body: hello("Ada"), headers: { "content-type": "" } }, 415],
  "a streaming content type": [{ body: "", headers: { "content-type": "application/connect+json" } }, 415],
  GET: [{ method: "GET" }, 405],
  PUT: [{ method: "PUT", body: hello("Ada") }, 405],
  "an unknown method": [{ path: "/greeter.v1.GreeterService/SayBye", body: hello("Ada") }, 404],
  "an unknown service": [{ path: "/other.v1.Service/SayHello", body: hello("Ada") }, 404],
  "the root": [{ path: "/", method: "GET" }, 404],
  "an error that is no Connect error": [{ body: hello("throw") }, 500],
  "too large by its content length": [{ body: hello("A".repeat(LIMIT_BYTES)) }, 429],
  "too large, in chunks": [{ body: hello("A".repeat(LIMIT_BYTES)), chunked: true }, 429],
  "the largest that fits": [{ body: hello("A".repeat(LIMIT_BYTES - 11)) }, 200],
  "gRPC-web": [
    { body: frame(protoHello("Ada")), headers: { "content-type": "application/grpc-web+proto" } },
    200,
  ],
  "a gRPC-web error": [
    { body: frame(protoHello("code:5")), headers: { "content-type": "application/grpc-web+proto" } },
    200,
  ],
  "gRPC over HTTP/1.1": [
    { body: frame(protoHello("Ada")), headers: { "content-type": "application/grpc+proto" } },
    200,
  ],
};

for (const [name, [req, status]] of Object.entries(TABLE)) {
  test(`same answer as connect-node: ${name}`, async () => {
    assert.equal((await assertSame(req)).status, status);
  });
}

for (const code of Object.values(Code).filter((code) => typeof code === "number")) {
  test(`same answer as connect-node: code ${Code[code]}, in JSON and protobuf`, async () => {
    await assertSame({ body: hello(`code:${code}`) });
    await assertSame({ body: protoHello(`code:${code}`), headers: { "content-type": "application/proto" } });
  });
}

test("same answer as connect-node: any name, any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "grapheme" }).map(hello),
        fc.json(),
        fc.string({ unit: "binary" }),
        fc.uint8Array({ maxLength: 64 }),
      ),
      fc.constantFrom("application/json", "application/proto"),
      async (body, contentType) => {
        await assertSame({ body, headers: { "content-type": contentType } });
      },
    ),
    { numRuns: 200 },
  );
});

test("a Host header that is no host is served, where connect-node's process would end", async () => {
  const answer = await send(ours.url, { body: hello("Ada"), headers: { host: "[[[" } });
  assert.equal(answer.status, 200);
});
