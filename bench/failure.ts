const EXIT_CODES = { USAGE: 2, FAULT: 1, NO_DATA: 4 } as const;

/**
 * What stops the command before there is a verdict. One line says what happened and what to do; no stack is shown.
 * `USAGE` exits 2 (the user's to mend), `FAULT` exits 1 (ours, or the machine's), `NO_DATA` exits 4 (nothing was measured
 * that could be judged).
 */
export class Failure extends Error {
  readonly code: keyof typeof EXIT_CODES;

  constructor(code: Failure["code"], message: string) {
    super(message);
    this.code = code;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
