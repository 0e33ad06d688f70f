import { Buffer } from "node:buffer";

/** Of lines: how many, and their bytes of UTF-8 without the line breaks. */
export interface Amount {
  readonly lines: number;
  readonly bytes: number;
}

/** Lines that wait to be written, in their order, and how many bytes of UTF-8 they have. */
export class LineQueue {
  #lines: string[] = [];
  #bytes = 0;

  get length(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    this.#bytes += bytesOf(lines);
  }

  /** Takes as many of the first lines as go in one write: at least one where there is any, however long. */
  take({ lines, bytes }: Amount): string[] {
    let [count, size] = [0, 0];
    while (count < Math.min(lines, this.#lines.length)) {
      size += Buffer.byteLength(this.#lines[count] as string);
      if (count > 0 && size > bytes) break;
      count++;
    }
    return this.#cut(count);
  }

  /** Puts lines that were taken back before all others. */
  putBack(lines: readonly string[]): void {
    this.#lines = [...lines, ...this.#lines];
    this.#bytes += bytesOf(lines);
  }

  /** Lets the first lines go until the others are no more than `most`. @returns how many went */
  shrinkTo(most: Amount): number {
    let count = Math.max(0, this.#lines.length - most.lines);
    let left = this.#bytes - bytesOf(this.#lines.slice(0, count));
    while (left > most.bytes) left -= Buffer.byteLength(this.#lines[count++] as string);
    return this.#cut(count).length;
  }

  #cut(count: number): string[] {
    const cut = this.#lines.splice(0, count);
    this.#bytes -= bytesOf(cut);
    return cut;
  }
}

export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
}
