/** A thread that ends with an error whenever it is to sign nothing at all, and works otherwise. */
import { type Job, type Result, answer as work } from "../signature-thread.ts";

export function answer(jobs: readonly Job[]): Result[] | Promise<never> {
  if (jobs.every(({ bytes }) => bytes.length > 0)) return work(jobs);
  setImmediate(() => {
    throw new Error("struck by lightning");
  });
  return new Promise(() => {});
}
