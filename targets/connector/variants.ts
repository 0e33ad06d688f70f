import type { Interceptor } from "@connectrpc/connect";
import type { Logger } from "pino";
import { authInterceptor } from "./interceptors/auth.ts";
import { bulkheadInterceptor } from "./interceptors/bulkhead.ts";
import { circuitBreakerInterceptor } from "./interceptors/circuit-breaker.ts";
import { errorHandlerInterceptor } from "./interceptors/error-handler.ts";
import { fallbackInterceptor } from "./interceptors/fallback.ts";
import { loggerInterceptor } from "./interceptors/logger.ts";
import { type CallMetrics, metricsInterceptor } from "./interceptors/metrics.ts";
import { rateLimitInterceptor } from "./interceptors/rate-limit.ts";
import { retryInterceptor } from "./interceptors/retry.ts";
import { serializerInterceptor } from "./interceptors/serializer.ts";
import { timeoutInterceptor } from "./interceptors/timeout.ts";
import { tracingInterceptor } from "./interceptors/tracing.ts";
import { validationInterceptor } from "./interceptors/validation.ts";
import type { Tracers } from "./tracers.ts";

/**
 * The full chain, outermost first. Auth and rate limit come before everything that costs or counts: a call that is
 * refused at the door takes no bulkhead slot, trips no breaker and is not retried.
 */
export const CHAIN = [
  "error-handler",
  "auth",
  "rate-limit",
  "timeout",
  "bulkhead",
  "circuit-breaker",
  "retry",
  "fallback",
  "validation",
  "serializer",
  "logger",
  "tracing",
  "metrics",
] as const;

export type InterceptorName = (typeof CHAIN)[number];
export type Variant = "full" | "none" | "tracing-otlp" | InterceptorName;

/** Every variant in the order of its port: the n-th listens on port-base + n, whichever others are started. */
export const VARIANTS: readonly Variant[] = [
  "full",
  "none",
  "validation",
  "logger",
  "tracing",
  "tracing-otlp",
  ...CHAIN.filter((name) => name !== "validation" && name !== "logger" && name !== "tracing"),
];

/** What a user can set about the chain. */
export interface ChainSettings {
  readonly timeoutMs: number;
  readonly bulkheadConcurrency: number;
  readonly bulkheadQueue: number;
  readonly breakerFailures: number;
  readonly breakerHalfOpenMs: number;
  readonly retryAttempts: number;
  readonly retryInitialMs: number;
  readonly retryMaxMs: number;
  /** Fallback is in the full chain. */
  readonly fallback: boolean;
  /** Auth is in the full chain and enforced, here and in its own variant. */
  readonly authToken?: string;
  /** Rate limit is in the full chain and in its own variant, in calls a second. */
  readonly rateLimit?: number;
}

export const DEFAULT_CHAIN: ChainSettings = {
  timeoutMs: 30_000,
  // 2,000 virtual users with a request each run at once, with a quarter to spare: a smaller bulkhead would turn a
  // stress test into a test of the bulkhead.
  bulkheadConcurrency: 2_500,
  bulkheadQueue: 2_500,
  breakerFailures: 5,
  breakerHalfOpenMs: 30_000,
  retryAttempts: 3,
  retryInitialMs: 200,
  retryMaxMs: 5_000,
  fallback: false,
};

/** What interceptors share with the rest of the process. */
export interface ChainParts {
  readonly logger: Logger;
  readonly tracers: Tracers;
  readonly callMetrics: CallMetrics;
}

/** The interceptors in the full chain, outermost first. */
export function fullChain(settings: ChainSettings): InterceptorName[] {
  return CHAIN.filter((name) => {
    if (name === "auth") return settings.authToken !== undefined;
    if (name === "rate-limit") return settings.rateLimit !== undefined;
    if (name === "fallback") return settings.fallback;
    return true;
  });
}

/** The interceptors of a variant by name, outermost first. */
export function chainOf(variant: Variant, settings: ChainSettings): InterceptorName[] {
  if (variant === "full") return fullChain(settings);
  if (variant === "none") return [];
  if (variant === "tracing-otlp") return ["tracing"];
  return [variant];
}

/**
 * Builds a variant's interceptors. State (breaker, bulkhead, bucket) belongs to the port it is built for: a breaker
 * that opened on one port does not shut another.
 *
 * @param label the `variant` label in metrics and logs; the gRPC port runs the chain of `full` under its own name
 */
export function buildChain(
  variant: Variant,
  settings: ChainSettings,
  parts: ChainParts,
  label: string = variant,
): Interceptor[] {
  const logger = parts.logger.child({ variant: label });
  const tracer = variant === "tracing-otlp" ? parts.tracers.exporting : parts.tracers.local;
  const make: Record<InterceptorName, () => Interceptor> = {
    "error-handler": () => errorHandlerInterceptor(logger),
    auth: () => authInterceptor(settings.authToken),
    "rate-limit": () => rateLimitInterceptor(settings.rateLimit ?? Number.POSITIVE_INFINITY),
    timeout: () => timeoutInterceptor(settings.timeoutMs),
    bulkhead: () => bulkheadInterceptor(settings.bulkheadConcurrency, settings.bulkheadQueue),
    "circuit-breaker": () => circuitBreakerInterceptor(settings.breakerFailures, settings.breakerHalfOpenMs),
    retry: () => retryInterceptor(settings.retryAttempts, settings.retryInitialMs, settings.retryMaxMs),
    fallback: () => fallbackInterceptor(),
    validation: () => validationInterceptor(),
    serializer: () => serializerInterceptor(),
    logger: () => loggerInterceptor(logger),
    tracing: () => tracingInterceptor(tracer),
    metrics: () => metricsInterceptor(parts.callMetrics, label),
  };
  return chainOf(variant, settings).map((name) => make[name]());
}
