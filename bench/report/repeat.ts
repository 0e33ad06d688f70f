import { z } from "zod";
import type { Run } from "../results/run-schema.ts";
import { shellWord } from "./escape.ts";

/** Of what the script was told only the names were kept. */
const told = z.object({ env: z.array(z.string()) });

const overrides = z.object({
  rate: z.number().optional(),
  vus: z.number().optional(),
  seconds: z.number().optional(),
});

/** What was turned of a scenario's profile, as flags and their values: such a run says nothing of the profile itself. */
export function turned({ plan }: Pick<Run, "plan">): string[] {
  const { data } = overrides.safeParse(plan.overrides ?? {});
  return Object.entries(data ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

/** The command line that runs the same again, ready for a POSIX shell. */
export function repeatCommand({ scenario, profile, plan, target }: Run): string {
  const words = ["npx", "plimsoll", "run", scenario, "--profile", profile, ...turned({ plan })];
  for (const name of told.safeParse(plan).data?.env ?? []) words.push("-e", `${name}=...`);
  if (target.kind === "command" && target.command) words.push("--target-cmd", target.command);
  if (target.variants) {
    const pairs = Object.entries(target.variants).map(([name, url]) => `${name}=${url}`);
    words.push("--variants", pairs.join(","));
  } else if (target.kind !== "bundled") words.push("--url", target.url);
  if (target.kind === "bundled") {
    for (const flag of ["--fault", "--port-base"]) {
      const value = new RegExp(`${flag}[ =](\\S+)`).exec(target.command ?? "")?.[1];
      if (value) words.push(flag, value);
    }
  }
  return words.map(shellWord).join(" ");
}
