import { closeSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

/** A log that grows past this is emptied, so that a chatty target cannot fill the disk in a long run. */
export const LOG_LIMIT_BYTES = 64 << 20;
/** So much is read of either end of a log. */
const END_BYTES = 64 << 10;

/** The last lines of a log file; none when it cannot be read. */
export function tailOf(file: string, lines: number): string[] {
  return linesOf(file, (size) => size - Math.min(size, END_BYTES)).slice(-lines);
}

/** The first lines of a log file; none when it cannot be read. */
export function headOf(file: string, lines: number): string[] {
  return linesOf(file, () => 0).slice(0, lines);
}

function linesOf(file: string, from: (size: number) => number): string[] {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, END_BYTES));
    const length = readSync(fd, buffer, 0, buffer.length, from(size));
    const text = buffer.toString("utf8", 0, length);
    return text.split("\n").filter((line) => line.trim() !== "");
  } finally {
    closeSync(fd);
  }
}

/** Empties a log that has grown past the limit; its writer appends, so it goes on from the start. */
export function boundLog(file: string): void {
  try {
    if (statSync(file).size > LOG_LIMIT_BYTES) truncateSync(file, 0);
  } catch {
    // No log, nothing to bound.
  }
}
