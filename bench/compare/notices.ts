import { isDeepStrictEqual } from "node:util";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { noiseOf } from "../judge/judge.ts";
import { isSeen } from "./draws.ts";
import type { Measured, Metric } from "./metrics.ts";
import type { RowVerdict } from "./verdict.ts";

/** What a reader should know before the figures: of the two runs. */
export function noticesOf(before: Baseline, after: Baseline): string[] {
  const notices: string[] = isSameRun(before, after) ? ["the same run, beside itself"] : [];
  if (before.host.fingerprint !== after.host.fingerprint)
    notices.push(
      `two machines: before on ${machineOf(before)}, after on ${machineOf(after)}: not comparable`,
    );
  for (const [what, was, is] of [
    ["target", before.target.name, after.target.name],
    ["Node", before.versions.node, after.versions.node],
    ["k6", before.versions.k6, after.versions.k6],
  ] as const)
    if (was !== is) notices.push(`${what}: before ${was}, after ${is}`);
  for (const [which, side] of [
    ["before", before],
    ["after", after],
  ] as const) {
    notices.push(...noiseOf(side, side.host.cores).map((noise) => `${which}: ${noise}`));
  }
  return notices;
}

/** A run and itself, as a baseline saved from it is. */
export function isSameRun(before: Baseline, after: Baseline): boolean {
  const names = before.run === after.run && before.host.fingerprint === after.host.fingerprint;
  return names && isDeepStrictEqual(before.blocks, after.blocks);
}

/** Of a server that was there already (`--url`) the commit says nothing; nor do other targets of one commit. */
export function sameCommit(
  before: Baseline,
  after: Baseline,
  rows: readonly Pick<RowVerdict, "change">[],
): string[] {
  const differ = rows.some(({ change }) => change === "slower" || change === "faster");
  const clean = [before, after].every(
    ({ commit, target }) => commit?.dirty === false && target.kind !== "url",
  );
  const same = before.commit?.sha === after.commit?.sha && before.target.name === after.target.name;
  return differ && clean && same ? ["the same commit: the difference is not the code's"] : [];
}

export function machineOf({ host }: Baseline): string {
  return `${host.cpu} with ${host.cores} cores (${host.fingerprint})`;
}

/** Why a metric has no row; undefined for one that neither run could see. */
export function missing({ title }: Pick<Metric, "title">, was: Measured, is: Measured): string | undefined {
  const [before, after] = [was.byBlock.length, is.byBlock.length];
  if (before === 0 && after === 0) return undefined;
  if (before === 0 || after === 0)
    return `${title}: not compared, ${before === 0 ? "before" : "after"} has none`;
  if (!isSeen(was.byBlock) || !isSeen(is.byBlock)) return `${title}: not compared, too few blocks have any`;
  return `${title}: not compared, there is no ratio to 0`;
}
