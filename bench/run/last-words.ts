/** So many last lines of a log are looked through: a stack trace has ten by itself, and its source lines. */
export const LAST_WORDS_LINES = 100;

/** What Node and npm write around an error: where it came from, and where to read on. */
const AROUND = [
  /^Node\.js v\d/,
  /^\s+at /,
  /^\s*[\^}\]]+\s*$/,
  /^\(Use `node --/,
  /^\s*(\[cause\]|\[errors\]|code|errno|syscall|address|port|path|requireStack):? /,
  /^npm error A complete log of this run/,
];
/** An error as Node prints it, at the start of a line; its cause is indented. */
const ERROR = /^(Uncaught )?[\w$.]*(Error|Exception)( \[\w+\])?: /;

/**
 * The line of a log's end that says what went wrong: its last, or where that is the end of a stack trace, the error above it.
 *
 * @param lines last lines of the log; undefined where all are empty
 */
export function lastWords(lines: readonly string[]): string | undefined {
  const said = lines.filter((line) => line.trim() !== "");
  const last = said.findLast((line) => !AROUND.some((pattern) => pattern.test(line)));
  if (last === said.at(-1)) return last;
  return said.findLast((line) => ERROR.test(line)) ?? last ?? said.at(-1);
}
