import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is yes; fails after `deadlineMs`, which is a safety net and not part of any test. */
export async function until(
  what: string,
  yes: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await yes())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await delay(2);
  }
}
