import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../failure.ts";

/** Percent worse than before: at least `fail` fails, at least `warn` warns; what is missing never does. */
const limits = z.strictObject({
  warn: z.number().positive().optional(),
  fail: z.number().positive().optional(),
});

const policySchema = z.strictObject({
  /** Chance of any false alarm, above 0 and below 1. */
  significance: z.number().gt(0).lt(1),
  /** Percent within which two runs are the same. */
  noise: z.number().nonnegative().lt(100),
  latency: limits,
  throughput: limits,
  memory: limits,
  cpu: limits,
});

/** What a change has to be to count. */
export type Policy = z.infer<typeof policySchema>;
export type Limits = z.infer<typeof limits>;

/** What rows of a comparison are about. */
export type Family = "latency" | "throughput" | "memory" | "cpu";

/** The policy where a user has no other: policy.yaml beside this file. */
export const DEFAULT_POLICY: Policy = policySchema.parse(
  parse(readFileSync(new URL("policy.yaml", import.meta.url), "utf8")),
);

/** Reads a policy; what it does not name is as in policy.yaml. A Failure in one line when it is none. */
export function readPolicy(file: string): Policy {
  let given: unknown;
  try {
    given = parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new Failure("USAGE", `${file} cannot be read as a policy: ${firstLine(error)}`);
  }
  const parsed = policySchema.partial().safeParse(given);
  if (parsed.success) return { ...DEFAULT_POLICY, ...parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue?.path.join(".") || "it";
  throw new Failure("USAGE", `${file} is not a policy: ${where}: ${issue?.message}`);
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n", 1)[0] as string;
}
