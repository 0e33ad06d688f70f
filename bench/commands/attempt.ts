import { join } from "node:path";
import type { Plan } from "../../scenarios/lib/plan.ts";
import type { Address } from "../influx/address.ts";
import { pushCommand } from "../influx/push-command.ts";
import { InfluxStream } from "../influx/stream.ts";
import type { Run } from "../results/run-schema.ts";
import { type RunFolder, writeRun } from "../results/store.ts";
import type { Interrupts } from "../run/interrupts.ts";
import type { Before } from "../run/run-record.ts";
import { fromHere, type Voyage, voyage } from "../run/voyage.ts";
import type { LoadFlags } from "./load-options.ts";
import { writeReport } from "./report.ts";

/** The port k6's own web page has by default. */
export const DASHBOARD_PORT = 5665;

export interface AttemptFlags extends LoadFlags {
  readonly variants?: Record<string, string>;
  readonly fault?: string;
  readonly dashboard?: true;
}

/** Runs a plan once: loads the target, judges it, and keeps the results and their report. */
export async function attempt(
  plan: Plan,
  flags: AttemptFlags,
  { interrupts, database, ...before }: Before & { interrupts: Interrupts; database: Address | undefined },
): Promise<Voyage> {
  const screen = process.stderr;
  const address = flags.url ?? flags.variants?.[plan.variant] ?? Object.values(flags.variants ?? {})[0];
  if (flags.dashboard) screen.write(`k6's live page: http://127.0.0.1:${DASHBOARD_PORT}\n`);
  const stream =
    database &&
    new InfluxStream({
      address: database,
      pushCommand: ({ run }: Run) => pushCommand(fromHere(join(flags.out, run)), database),
    });
  const made = await voyage({
    ...before,
    plan,
    out: flags.out,
    screen,
    interrupts,
    ...(address !== undefined && { url: address }),
    ...(flags.variants && { variants: flags.variants }),
    ...(flags.env && { env: flags.env }),
    ...(flags.targetCmd !== undefined && { targetCommand: flags.targetCmd }),
    targetFlags: targetFlags(plan, flags),
    ...(flags.dashboard && { dashboardPort: DASHBOARD_PORT }),
    ...(stream && { onlooker: stream }),
  }).catch(async (error: unknown) => {
    await stream?.abandon();
    throw error;
  });
  const [, arrived] = await Promise.all([keep(made.folder, made.run), stream?.end(made.run)]);
  if (arrived !== undefined) screen.write(`${arrived}\n`);
  return made;
}

/** Above the ports of the variants and of gRPC. */
const ADMIN_PORT_OFFSET = 30;

/** A scenario that calls one variant needs no port for the others, and the target less memory. */
export function targetFlags(
  plan: Plan,
  { fault, portBase }: Pick<AttemptFlags, "fault" | "portBase">,
): string[] {
  if (plan.target === "ilp")
    return [...plan.targetFlags, ...(portBase === undefined ? [] : ["--port-base", String(portBase)])];
  return [
    ...plan.targetFlags,
    "--variants",
    plan.blocks?.variants.join(",") ?? plan.variant,
    ...(fault === undefined ? [] : ["--fault", fault]),
    ...(portBase === undefined ? [] : ["--port-base", String(portBase)]),
    // Two targets on one machine need two admin ports as well; 0 lets the system choose that one too.
    ...(portBase ? ["--admin-port", String(portBase + ADMIN_PORT_OFFSET)] : []),
  ];
}

/** The verdict first: a page that cannot be drawn must not lose it, and can be made again. */
async function keep(folder: RunFolder, run: Run): Promise<void> {
  writeRun(folder, run);
  try {
    await writeReport(folder, run);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    process.stderr.write(
      `plimsoll: the report could not be made (${why}); again: npx plimsoll report ${folder.id}\n`,
    );
  }
}
