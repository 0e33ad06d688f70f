import { setTimeout as delay } from "node:timers/promises";

/** Waits until `condition` holds; fails after `deadlineMs`, which is a safety net and not part of any test. */
export async function until(what: string, condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await delay(2);
  }
}
