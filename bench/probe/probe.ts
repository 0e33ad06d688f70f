import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Plan } from "../../scenarios/lib/plan.ts";
import { plan } from "../../scenarios/plans.ts";
import { ROOT, targetBundle } from "../paths.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { resourcesOf } from "../results/store.ts";
import { voyage } from "../run/voyage.ts";
import { type Reading, readingOf } from "./reading.ts";
import { type Setting, withKeys } from "./setting.ts";
import { Stopped, type Workplace } from "./workplace.ts";

/** A load to try. */
export interface Load {
  /** Packets a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly setting?: Setting;
}

/** The bundled network's YAML, and the file of its one node. */
export const NETWORKS = join(ROOT, "targets", "ilp", "networks");
export const NODE_FILE = "single.yaml";

/** The soak at a rate, in its smoke profile. */
export function soakAt({ rate, seconds, setting = {} }: Load): Plan {
  const { connections } = setting;
  return plan("soak", "smoke", {
    rate,
    seconds,
    ...(connections !== undefined && { vus: connections }),
  }) as Plan;
}

/**
 * Runs the soak once, as `plimsoll run` does, against a network of its own with an empty ledger, and reads what it showed.
 * Of its results nothing is kept.
 *
 * @throws Failure when the target does not come up or k6 fails; Stopped after Ctrl-C
 */
export async function probe(load: Load, { folder, interrupts, portBase }: Workplace): Promise<Reading> {
  if (interrupts.requested) throw new Stopped();
  const own = mkdtempSync(join(folder, "probe-"));
  try {
    const { keys, gogc, nodeFlags } = load.setting ?? {};
    const networks = networksIn(own, { ...keys, "ledger.file": join(own, "ledger.db") });
    const flags = ["--port-base", String(portBase), "--networks", networks];
    const { run, folder: results } = await voyage({
      plan: soakAt(load),
      out: own,
      targetFlags: flags,
      ...(nodeFlags && { targetCommand: command(nodeFlags, [targetBundle("ilp"), ...flags]) }),
      ...(gogc !== undefined && { gogc }),
      interrupts,
      screen: nowhere(),
    });
    if (interrupts.requested) throw new Stopped();
    const resources: ResourceSample[] = [];
    for await (const sample of resourcesOf(results)) resources.push(sample);
    return readingOf(run, resources, load.seconds);
  } catch (error) {
    throw interrupts.requested ? new Stopped() : error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** A copy of the bundled networks with some keys of the single node changed. */
export function networksIn(folder: string, keys: NonNullable<Setting["keys"]>): string {
  const copy = join(folder, "networks");
  cpSync(NETWORKS, copy, { recursive: true });
  const file = join(copy, NODE_FILE);
  writeFileSync(file, withKeys(readFileSync(file, "utf8"), keys));
  return copy;
}

/** A line for a shell that becomes Node with these flags on this program, and ends when we do. */
export function command(nodeFlags: readonly string[], program: readonly string[]): string {
  const words = [process.execPath, ...nodeFlags, ...program, "--exit-with-parent"];
  return `exec ${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")}`;
}

/** A benchmark has a line of its own for how it goes, where a run has its live view. */
function nowhere(): NodeJS.WriteStream {
  return new Writable({ write: (_chunk, _encoding, done) => done() }) as NodeJS.WriteStream;
}
