/** A thread that says on a channel how many jobs it was given, and never answers them. */
import { BroadcastChannel } from "node:worker_threads";
import type { Job } from "../signature-thread.ts";

/** Where it says so. */
export const HELD = "plimsoll-held-jobs";

export function answer(jobs: readonly Job[]): Promise<never> {
  const channel = new BroadcastChannel(HELD);
  channel.postMessage(jobs.length);
  channel.close();
  return new Promise(() => {});
}
