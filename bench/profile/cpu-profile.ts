import { z } from "zod";
import type { Inspector } from "./inspector.ts";

/** How often V8 looks what runs: its own default. */
const INTERVAL_US = 1_000;

/** A function: native ones have no URL; lines and columns count from 0, -1 where there are none. */
const frameSchema = z.object({
  functionName: z.string(),
  url: z.string(),
  lineNumber: z.number(),
  columnNumber: z.number(),
});

/** Profiler.Profile of the DevTools protocol: a tree of calls, and which of its nodes was on top of the stack when. */
export const cpuProfileSchema = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: frameSchema, children: z.array(z.number()).optional() }),
  ),
  /** Microseconds of the machine's monotonic clock. */
  startTime: z.number(),
  endTime: z.number(),
  /** Ids of nodes. */
  samples: z.array(z.number()),
  /** Microseconds from the sample before, the first from the start. */
  timeDeltas: z.array(z.number()),
});

export type CpuProfile = z.infer<typeof cpuProfileSchema>;
export type Frame = z.infer<typeof frameSchema>;

/** Begins to sample the main thread. */
export async function startCpuProfile(inspector: Inspector): Promise<void> {
  await inspector.send("Profiler.enable");
  await inspector.send("Profiler.setSamplingInterval", { interval: INTERVAL_US });
  await inspector.send("Profiler.start");
}

/** @returns the profile as V8 gave it, which Chrome DevTools and speedscope read, and the same checked */
export async function stopCpuProfile(inspector: Inspector): Promise<{ raw: unknown; profile: CpuProfile }> {
  const answer = (await inspector.send("Profiler.stop")) as { profile: unknown };
  await inspector.send("Profiler.disable");
  return { raw: answer.profile, profile: cpuProfileSchema.parse(answer.profile) };
}
