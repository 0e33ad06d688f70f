import { closeSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

/** A log that grows past this is emptied, so that a chatty target cannot fill the disk in a long run. */
export const LOG_LIMIT_BYTES = 64 << 20;
const TAIL_BYTES = 16 << 10;

/** The last lines of a log file; none when it cannot be read. */
export function tailOf(file: string, lines: number): string[] {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(fd, buffer, 0, length, size - length);
    return buffer
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-lines);
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
