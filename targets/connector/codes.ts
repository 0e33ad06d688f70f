import { Code, ConnectError } from "@connectrpc/connect";

const NAMES: ReadonlyMap<Code, string> = new Map(
  Object.entries(Code)
    .filter((entry): entry is [string, Code] => typeof entry[1] === "number")
    .map(([name, code]) => [code, name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()]),
);

/** A code as the Connect protocol spells it: "resource_exhausted". */
export function codeName(code: Code): string {
  return NAMES.get(code) ?? "unknown";
}

/** The code a call ends with when `reason` was thrown and nothing maps it further. */
export function codeOf(reason: unknown): Code {
  return reason instanceof ConnectError ? reason.code : Code.Internal;
}

/**
 * Whether an error says something about the server's health, not about the request: what a circuit breaker counts
 * and a fallback hides. InvalidArgument, NotFound, Canceled and the like are the client's own.
 */
export function isServerFault(reason: unknown): boolean {
  switch (codeOf(reason)) {
    case Code.Unknown:
    case Code.DeadlineExceeded:
    case Code.ResourceExhausted:
    case Code.Internal:
    case Code.Unavailable:
    case Code.DataLoss:
      return true;
    default:
      return false;
  }
}
