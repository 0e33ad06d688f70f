/**
 * What stops the command before there is a verdict. One line says what happened and what to do; no stack is shown.
 * `USAGE` exits 2 (the user's to mend), `FAULT` exits 1 (ours, or the machine's).
 */
export class Failure extends Error {
  readonly code: "USAGE" | "FAULT";

  constructor(code: "USAGE" | "FAULT", message: string) {
    super(message);
    this.code = code;
  }

  get exitCode(): number {
    return this.code === "USAGE" ? 2 : 1;
  }
}
