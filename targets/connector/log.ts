import pino, { type Logger } from "pino";
import { LIMITS } from "./limits.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  readonly logger: Logger;
  /** Lines that were dropped because stderr did not take them fast enough, or is gone. */
  dropped(): number;
  /** Writes everything that waits, synchronously: to be called before the process ends. */
  flush(): void;
}

/**
 * JSON lines on stderr, gathered into blocks: a write for each of 4,000 requests a second would cost more than
 * everything else the logger does. Lines wait at most 250 ms, and a reader that does not read costs a bounded
 * buffer, then lines, never the process.
 */
export function createLog(level: LogLevel): Log {
  const destination = pino.destination({
    dest: 2,
    sync: false,
    minLength: 8192,
    maxLength: LIMITS.logBufferBytes,
    periodicFlush: 250,
  });
  let dropped = 0;
  destination.on("drop", () => dropped++);
  // EPIPE: whoever read the log is gone. There is nowhere left to say so, except the counter.
  destination.on("error", () => dropped++);
  return {
    logger: pino({ level, base: { target: "connector" } }, destination),
    dropped: () => dropped,
    flush() {
      try {
        destination.flushSync();
      } catch {
        // A closed stderr, or a destination that never opened: the process is ending anyway.
      }
    },
  };
}
