import type { IncomingMessage } from "node:http";
import {
  create,
  type DescMessage,
  fromBinary,
  fromJsonString,
  type MessageShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  type ContextValues,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type Interceptor,
  type MethodImplSpec,
  type UnaryResponse,
} from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";

export type UnarySpec = Extract<MethodImplSpec, { kind: "unary" }>;

/** What a call came to: an answer to be written, or an error for connect to put into words. */
export type FastAnswer =
  | { readonly kind: "message"; readonly header: string[]; readonly body: string | Uint8Array }
  | { readonly kind: "error"; readonly answer: UniversalServerResponse };

export interface FastCall {
  readonly url: string;
  readonly header: Headers;
  readonly signal: AbortSignal;
}

/**
 * The common case of the Connect protocol without the general machinery: a POST of one uncompressed JSON or protobuf
 * message and no deadline. Everything else, and every error, is connect's: `parse` gives undefined for a request that
 * is not the common case, and an error is rendered by a handler of connect that throws it. Only public interfaces are
 * used, and adapter-equivalence.test.ts holds the answers to those of connectNodeAdapter.
 */
export interface FastLane {
  /** The request message; undefined: not for this lane. Has no effects, so the request can go another way. */
  parse(req: IncomingMessage, body: Uint8Array): MessageShape<DescMessage> | undefined;
  /** Runs the chain and the service. Never throws. */
  call(req: IncomingMessage, message: MessageShape<DescMessage>, call: FastCall): Promise<FastAnswer>;
}

const JSON_TYPE = "application/json";
const PROTO_TYPE = "application/proto";

export function fastLane(spec: UnarySpec, interceptors: readonly Interceptor[]): FastLane {
  const { method, impl } = spec;
  const service = method.parent;
  const renderError = errorRenderer(spec);

  return {
    parse(req, body) {
      const { headers } = req;
      const type = headers["content-type"];
      if (
        (type !== JSON_TYPE && type !== PROTO_TYPE) ||
        req.method !== "POST" ||
        headers["content-encoding"] !== undefined ||
        headers["accept-encoding"] !== undefined ||
        headers["connect-timeout-ms"] !== undefined
      ) {
        return undefined;
      }
      try {
        return type === JSON_TYPE
          ? fromJsonString(
              method.input,
              Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(),
              {
                ignoreUnknownFields: true,
              },
            )
          : fromBinary(method.input, body);
      } catch {
        return undefined; // malformed: connect says how
      }
    },

    async call(req, message, { url, header, signal }) {
      const contentType = req.headers["content-type"] ?? JSON_TYPE;
      const contextValues = createContextValues();
      const responseHeader = new Headers({ "content-type": contentType });
      const responseTrailer = new Headers();
      try {
        // As in connect, the chain is built for each call, so that an interceptor may keep state of one call.
        const next = interceptors.reduceRight<ReturnType<Interceptor>>(
          (inner, interceptor) => interceptor(inner),
          async (request) => {
            const context: HandlerContext = {
              method,
              service: request.service,
              signal: request.signal,
              timeoutMs: noTimeout,
              requestMethod: "POST",
              requestHeader: request.header,
              responseHeader,
              responseTrailer,
              protocolName: "connect",
              values: request.contextValues,
              url,
            };
            // request.stream is false: it is the one made below, or an interceptor's copy of it.
            const output = await impl(request.message as MessageShape<DescMessage>, context);
            return {
              stream: false,
              service,
              method,
              message: create(method.output, output),
              header: responseHeader,
              trailer: responseTrailer,
            };
          },
        );
        const response = (await next({
          stream: false,
          service,
          method,
          message,
          requestMethod: "POST",
          url,
          signal,
          header,
          contextValues,
        })) as UnaryResponse;
        const body =
          contentType === JSON_TYPE
            ? toJsonString(method.output, response.message)
            : toBinary(method.output, response.message);
        return { kind: "message", header: outgoing(response, body), body };
      } catch (reason) {
        return {
          kind: "error",
          answer: await renderError(contentType, {
            reason,
            header: responseHeader,
            trailer: responseTrailer,
          }),
        };
      }
    },
  };
}

const noTimeout = () => undefined;

/** Header names and values as node:http takes them fastest; trailers go out as trailer-* (Connect protocol, "Unary"). */
function outgoing({ header, trailer }: UnaryResponse, body: string | Uint8Array): string[] {
  const list: string[] = [];
  for (const [name, value] of header) {
    if (name !== "content-length") list.push(name, value);
  }
  for (const [name, value] of trailer) list.push(`trailer-${name}`, value);
  list.push("content-length", String(typeof body === "string" ? Buffer.byteLength(body) : body.byteLength));
  return list;
}

interface Failure {
  readonly reason: unknown;
  readonly header: Headers;
  readonly trailer: Headers;
}

const failureKey = createContextKey<Failure | undefined>(undefined, { description: "failure" });

/** A connect handler of the same method whose service throws what it is given: connect's own words for any error. */
function errorRenderer({
  method,
}: UnarySpec): (contentType: string, failure: Failure) => Promise<UniversalServerResponse> {
  const router: ConnectRouter = createConnectRouter({ grpc: false, grpcWeb: false });
  router.rpc(method, (_message: unknown, context: HandlerContext) => {
    const failure = context.values.get(failureKey);
    failure?.header.forEach((value, name) => {
      context.responseHeader.set(name, value);
    });
    failure?.trailer.forEach((value, name) => {
      context.responseTrailer.set(name, value);
    });
    throw failure?.reason;
  });
  const [handler] = router.handlers;
  if (handler === undefined) throw new Error("the router has no handler");
  const signal = new AbortController().signal;
  return (contentType, failure) => {
    const contextValues: ContextValues = createContextValues().set(failureKey, failure);
    return handler({
      httpVersion: "1.1",
      method: "POST",
      url: `http://localhost${handler.requestPath}`,
      header: new Headers({ "content-type": contentType }),
      // An empty message parses in either format, whatever its fields.
      body: emptyMessage(contentType),
      signal,
      contextValues,
    });
  };
}

async function* emptyMessage(contentType: string): AsyncIterable<Uint8Array> {
  if (contentType === JSON_TYPE) yield EMPTY_JSON;
}

const EMPTY_JSON = new TextEncoder().encode("{}");
