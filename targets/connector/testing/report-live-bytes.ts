/**
 * Preloaded into the target by a test (`node --expose-gc --import ...`): on SIGUSR2 it collects garbage and writes
 * {"liveBytes":n} to stderr, JavaScript heap and buffers together. RSS would not do: it keeps what the allocator does not
 * give back, so it says little about leaks.
 */
import { writeSync } from "node:fs";

process.on("SIGUSR2", async () => {
  // Buffers are given back some turns after the collection that found them dead, and may keep others alive until then.
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  writeSync(2, `${JSON.stringify({ liveBytes: heapUsed + external })}\n`);
});
