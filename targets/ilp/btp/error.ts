/**
 * What a caller of this room did wrong:
 *
 * - `WRONG_SIZE` a writer wrote another number of bytes than it had announced
 * - `WRONG_ID` a writer wrote another request id than it was given
 * - `TOO_LONG` a frame larger than {@link MAX_PAYLOAD}
 * - `BAD_TIMEOUT` a request that would wait for ever
 * - `NO_SUCH_PORT` the server cannot listen where it was told to
 *
 * What peers do wrong is counted and answered, never thrown.
 */
export type BtpErrorCode = "WRONG_SIZE" | "WRONG_ID" | "TOO_LONG" | "BAD_TIMEOUT" | "NO_SUCH_PORT";

/** The one error of this room. */
export class BtpError extends Error {
  readonly code: BtpErrorCode;

  constructor(code: BtpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BtpError";
    this.code = code;
  }
}
