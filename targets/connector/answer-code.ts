import { Code } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { codeName } from "./codes.ts";

/** Error answers longer than this are not looked into; connect's own are far below. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * The Connect code an answer carries, for metrics. Each protocol says it elsewhere: Connect in the status and the JSON
 * of the body, gRPC in the trailers, gRPC-web in the last frame. An HTTP error that is none of these is
 * "http_<status>".
 *
 * @param last the last chunk of the body
 */
export function answerCode(answer: UniversalServerResponse, last: Uint8Array | undefined): string {
  if (answer.status !== 200) return connectErrorCode(last) ?? `http_${answer.status}`;
  const contentType = answer.header?.get("content-type") ?? "";
  if (!contentType.startsWith("application/grpc")) return "ok";
  const status =
    answer.trailer?.get("grpc-status") ?? answer.header?.get("grpc-status") ?? grpcWebStatus(last) ?? "0";
  return status === "0" ? "ok" : codeName(Number(status) as Code);
}

function connectErrorCode(body: Uint8Array | undefined): string | undefined {
  if (body === undefined || body.byteLength > MAX_ERROR_BYTES) return undefined;
  try {
    const { code } = JSON.parse(Buffer.from(body).toString()) as { code?: unknown };
    return typeof code === "string" && KNOWN.has(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** gRPC-web sends its trailers as text in the body's last frame. */
function grpcWebStatus(last: Uint8Array | undefined): string | undefined {
  if (last === undefined) return undefined;
  return /grpc-status: ?(\d+)/i.exec(Buffer.from(last).toString("latin1"))?.[1];
}

const KNOWN: ReadonlySet<string> = new Set(
  Object.values(Code)
    .filter((code) => typeof code === "number")
    .map((code) => codeName(code)),
);
