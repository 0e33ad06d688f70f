import type { Batch } from "./event.ts";

/** How a batch begins and ends, as batch-encoder.ts writes it. */
const HEAD = /^\{"v":1,"node":"([A-Za-z0-9_.-]{1,64})","from":\d{1,16},"dropped":(\d{1,16}),"events":\[/;
const HEAD_BYTES = 160;
const TAIL = "]}";

/**
 * A batch in the hub: the bytes as they came, and parts of it for those who want parts, made once for all who want the same.
 * Its head is enough to know what it is; the rest is read only where someone filters by types.
 */
export class PublishedBatch {
  readonly node: string;
  readonly bytes: Buffer;
  readonly #dropped: number;
  /** Read when it is first needed; null where that failed. */
  #parsed: Batch | null | undefined;
  readonly #parts = new Map<string, Buffer | undefined>();

  private constructor(node: string, dropped: number, bytes: Buffer) {
    this.node = node;
    this.#dropped = dropped;
    this.bytes = bytes;
  }

  /** The batch in a frame, or undefined when the frame is none. */
  static read(bytes: Buffer): PublishedBatch | undefined {
    const head = HEAD.exec(bytes.toString("latin1", 0, HEAD_BYTES));
    if (head?.[1] === undefined || bytes.toString("latin1", bytes.length - TAIL.length) !== TAIL)
      return undefined;
    return new PublishedBatch(head[1], Number(head[2]), bytes);
  }

  /** The batch with events of these types only; undefined when that is nothing, or nothing that can be read. */
  only(types: ReadonlySet<string>): Buffer | undefined {
    const key = [...types].join();
    if (!this.#parts.has(key)) this.#parts.set(key, this.#part(types));
    return this.#parts.get(key);
  }

  #part(types: ReadonlySet<string>): Buffer | undefined {
    if (this.#parsed === null) return undefined;
    try {
      this.#parsed ??= JSON.parse(this.bytes.toString()) as Batch;
      const events = this.#parsed.events.filter((event) => types.has(event.type));
      // What a node dropped may have been what this subscriber waits for.
      if (events.length === 0 && this.#dropped === 0) return undefined;
      return Buffer.from(JSON.stringify({ ...this.#parsed, events }));
    } catch {
      // A stranger's bytes: no JSON, no events in it, or nested deeper than the stack.
      this.#parsed = null;
      return undefined;
    }
  }
}
