import type { Interceptor } from "@connectrpc/connect";
import { createValidateInterceptor } from "@connectrpc/validate";

/**
 * Checks requests against the protovalidate rules of the .proto file. A violation is InvalidArgument with the
 * violations as error details. Rules are compiled on first use and kept.
 */
export function validationInterceptor(): Interceptor {
  return createValidateInterceptor();
}
