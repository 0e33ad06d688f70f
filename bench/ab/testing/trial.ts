import { BUILDS } from "../../../scenarios/lib/duet.ts";
import { lookLevels } from "../../stats/alpha-spending.ts";
import { requests, START_MS, windowAt } from "../../windows/testing/windows.ts";
import { type Ab, abSchema } from "../ab-schema.ts";
import { type Block, blockOf, logRatios } from "../block.ts";
import { lookAt } from "../look.ts";
import { figuresOf, p99Ratio } from "../summary.ts";
import { findingOf, type Measured, type RoundResult } from "../verdict.ts";

const RULE = { alpha: 0.05, band: 0.05, seed: 1 };
const SHAPE = { rounds: 5, pairs: 8 };

/** A trial in which B takes so many times as long as A, give or take 2 %; of a B that fails requests, 2 rounds. */
export function madeUp(
  ratio: number,
  more: Partial<Measured> = {},
  failed = 0,
): { measured: Measured; ab: Ab } {
  const rounds = failed > 0 ? 2 : SHAPE.rounds;
  const blocks: Block[] = [];
  for (let i = 0; i < rounds * SHAPE.pairs; i++) {
    const ms = { a: 5, b: 5 * ratio * (1 + 0.02 * Math.sin(5 * i)) };
    const used = BUILDS.map((build) => [
      build,
      { cpuSeconds: 0.1 * ms[build], rssBytes: 90e6 * (build === "a" ? 1 : ratio) },
    ]);
    const window = windowAt(i, [
      ...requests(100, ms.a, { build: "a" }),
      ...requests(100, ms.b, { build: "b" }, failed),
    ]);
    blocks.push(
      blockOf(
        window,
        Math.floor(i / SHAPE.pairs),
        new Map([[START_MS + 1000 * i, Object.fromEntries(used)]]),
      ),
    );
  }
  const end: RoundResult = {
    first: "a",
    dropped: 0,
    complaints: [],
    failed: { a: 0, b: failed / 100 },
    asked: 200 * SHAPE.pairs,
  };
  const measured: Measured = {
    a: figuresOf(blocks, "a"),
    b: figuresOf(blocks, "b"),
    seconds: blocks.length,
    looks: [lookAt(logRatios(blocks), RULE, lookLevels(RULE.alpha, [0.4, 0.6, 0.8, 1])[3] as number)],
    ends: Array<RoundResult>(rounds).fill(end),
    interrupted: false,
    band: RULE.band,
    over: false,
    secondsNeeded: 72,
    ...more,
  };
  const { verdict, exitCode, reasons, notes } = findingOf(measured);
  const ab = abSchema.parse({
    schema: 1,
    id: "20261121T100000Z-ab-basic-load",
    verdict,
    exitCode,
    reasons,
    notes,
    scenario: "basic-load",
    variant: "full",
    rate: 100,
    shape: SHAPE,
    rule: RULE,
    a: { kind: "ref", name: "main (71ae523)", sha: "71ae523", ...measured.a },
    b: {
      kind: "command",
      name: "node server.mjs <b> & more, of which there is so much that it has to be cut somewhere",
      ...measured.b,
    },
    looks: measured.looks,
    p99: p99Ratio(blocks),
    host: { os: "linux", arch: "x64", cpu: "one", cores: 2, memoryBytes: 8e9, fingerprint: "0123456789ab" },
    versions: { plimsoll: "0.1.0", node: "v24", k6: "v2.2.0" },
    startedAt: "2026-11-21T10:00:00.000Z",
    endedAt: "2026-11-21T10:01:00.000Z",
  });
  return { measured, ab };
}
