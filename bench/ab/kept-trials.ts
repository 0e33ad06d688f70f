import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { oneLine } from "../results/versioned-json.ts";
import { VERDICTS } from "./ab-schema.ts";

/** What a trial was made with; trials of other settings do not belong in one table. */
const settingsSchema = z.object({
  /** Service time of A, about, in ms of CPU. */
  ms: z.number(),
  /** Requests a second to each build. */
  rate: z.number(),
  /** The most a comparison may take. */
  seconds: z.number(),
  band: z.number(),
});

/** One trial of the method; a line of the file that trials are kept in. */
export const triedSchema = z.object({
  /** How much longer B's service takes, in percent; 0: the same build twice. */
  slowerPercent: z.number(),
  verdict: z.enum(VERDICTS),
  /** From the start of the command to its verdict. */
  seconds: z.number(),
  settings: settingsSchema,
  /** Processor, cores and system. */
  machine: z.string(),
  /** Seven digits, `and changes` behind them where the checkout had any. */
  commit: z.string(),
});

export type Settings = z.infer<typeof settingsSchema>;
export type Tried = z.infer<typeof triedSchema>;

/**
 * The trials that a file keeps; none where there is no file yet.
 *
 * @throws Failure for a line that is no trial, or a trial of other settings
 */
export function keptTrials(file: string, settings: Settings): Tried[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i) => (line === "" ? [] : [keptTrial(line, `${file}:${i + 1}`, settings)]));
}

function keptTrial(line: string, where: string, settings: Settings): Tried {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new Failure("USAGE", `${where} is no trial: ${oneLine(error)}; remove the line`);
  }
  const parsed = triedSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Failure("USAGE", `${where} is no trial: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const was = words(parsed.data.settings);
  const is = words(settings);
  if (was !== is)
    throw new Failure("USAGE", `${where} was tried with ${was}, not ${is}: keep these in another file`);
  return parsed.data;
}

function words({ ms, rate, seconds, band }: Settings): string {
  return `ms ${ms}, rate ${rate}, seconds ${seconds}, band ${band}`;
}
