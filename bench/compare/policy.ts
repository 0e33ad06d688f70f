import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../failure.ts";

const noise = z.number().nonnegative().lt(100);
const limit = z.number().positive();

/**
 * Percent worse than before: at least `fail` fails, at least `warn` warns; what is missing never does. `noise`: of this
 * family, where it is another than that of all.
 */
const limits = z.strictObject({
  noise: noise.optional(),
  warn: limit.optional(),
  fail: limit.optional(),
});

/** The same as a user may give it: null switches off. */
const givenLimits = z.strictObject({
  noise: noise.nullish(),
  warn: limit.nullish(),
  fail: limit.nullish(),
});

/** What rows of a comparison are about; each has limits of its own. */
export const FAMILIES = ["latency", "throughput", "success", "memory", "cpu"] as const;

function policyOf<T extends z.ZodType>(family: T) {
  return z.strictObject({
    /** Chance of any false alarm, above 0 and below 1. */
    significance: z.number().gt(0).lt(1),
    /** Percent within which two runs are the same. */
    noise,
    latency: family,
    throughput: family,
    success: family,
    memory: family,
    cpu: family,
  });
}

const policySchema = policyOf(limits);
const givenPolicy = policyOf(givenLimits).partial();

/** What a change has to be to count. */
export type Policy = z.infer<typeof policySchema>;
export type Limits = z.infer<typeof limits>;

export type Family = (typeof FAMILIES)[number];

/** Percent within which rows of a family are the same. */
export function noiseWithin(policy: Policy, family: Family): number {
  return policy[family].noise ?? policy.noise;
}

/** The policy where a user has no other: policy.yaml beside this file. */
export const DEFAULT_POLICY: Policy = policySchema.parse(
  parse(readFileSync(new URL("policy.yaml", import.meta.url), "utf8")),
);

/**
 * Reads a policy; what it does not name, of a family too, is as in policy.yaml, and null switches a limit off. A Failure in
 * one line when it is none.
 */
export function readPolicy(file: string): Policy {
  let given: unknown;
  try {
    given = parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new Failure("USAGE", `${file} cannot be read as a policy: ${firstLine(error)}`);
  }
  const parsed = givenPolicy.safeParse(given);
  if (!parsed.success) throw new Failure("USAGE", `${file} is not a policy: ${wrongWith(parsed.error)}`);
  const policy = over(DEFAULT_POLICY, parsed.data);
  for (const family of FAMILIES) {
    const { warn, fail } = policy[family];
    if (warn !== undefined && fail !== undefined && warn > fail)
      throw new Failure(
        "USAGE",
        `${file} is not a policy: ${family} warns at ${warn} % and fails at ${fail} %: it could never warn`,
      );
  }
  return policy;
}

/** The first thing that is wrong, by the name that the user gave it. */
function wrongWith({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const known = path === "" ? policySchema : limits;
    const keys = issue.keys.map((key) => JSON.stringify(path === "" ? key : `${path}.${key}`)).join(", ");
    return `it knows no ${keys}, only ${Object.keys(known.shape).join(", ")}`;
  }
  return path === "" ? `${issue?.message}` : `${path}: ${issue?.message}`;
}

function over(policy: Policy, given: z.infer<typeof givenPolicy>): Policy {
  const { significance = policy.significance, noise = policy.noise } = given;
  const families = FAMILIES.map((family): [Family, Limits] => {
    const merged = { ...policy[family], ...given[family] };
    return [family, limits.parse(Object.fromEntries(Object.entries(merged).filter(([, it]) => it !== null)))];
  });
  return { significance, noise, ...(Object.fromEntries(families) as Record<Family, Limits>) };
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n", 1)[0] as string;
}
