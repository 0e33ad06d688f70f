import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import type { ProfileName } from "../../scenarios/lib/plan.ts";
import { plan, SCENARIOS } from "../../scenarios/plans.ts";
import { COMMANDS } from "../commands/all.ts";
import { lengthOf } from "../run/progress.ts";
import { type Step, secondsOf, stepsOf, summaryOf, TIER_NAMES, TIERS } from "./tiers.ts";

const RESULTS = "/somewhere";

/** The command line of plimsoll that only reads what it is told, and says which command that is for. */
async function understood(argv: readonly string[]): Promise<string | undefined> {
  let called: string | undefined;
  const program = new Command("plimsoll").enablePositionalOptions().exitOverride();
  for (const add of COMMANDS) add(program);
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.action(() => {
      called = command.name();
    });
  }
  await program.parseAsync(["node", "plimsoll", ...argv]);
  return called;
}

const everyStep = TIER_NAMES.flatMap((tier) => [
  ...stepsOf(tier, RESULTS, "main"),
  summaryOf(RESULTS, ["/somewhere/a"], "/somewhere/b/ab.json"),
]);

for (const argv of new Set(everyStep.map(({ argv }) => argv.join(" ")))) {
  test(`plimsoll ${argv} is a command line that it understands`, async () => {
    const words = argv.split(" ");
    assert.equal(await understood(words), words[0]);
  });
}

test("a flag that there is not would be found out", async () => {
  await assert.rejects(understood(["run", "basic-load", "--no-such-flag"]), {
    code: "commander.unknownOption",
  });
});

test("tier 1 is done within 5 minutes, tier 2 within 15, tier 3 in a night", () => {
  assert.deepEqual(
    TIER_NAMES.map((tier) => TIERS[tier].limitSeconds),
    [5 * 60, 15 * 60, 3 * 3_600],
  );
  for (const tier of TIER_NAMES)
    assert.ok(secondsOf(stepsOf(tier, RESULTS, "main")) < TIERS[tier].limitSeconds, tier);
});

/** A run starts and stops its target, and draws its report. */
const BESIDE_THE_LOAD_S = 5;

function loadSeconds({ argv }: Step): number {
  const [, scenario = ""] = argv;
  const profile = argv[argv.indexOf("--profile") + 1] as ProfileName;
  const planned = plan(scenario, profile);
  assert.ok(planned, scenario);
  return lengthOf(planned);
}

test("every step has the time that its load takes, and some for what is around it", () => {
  for (const step of everyStep) {
    if (step.argv[0] === "run") assert.ok(step.seconds >= loadSeconds(step) + BESIDE_THE_LOAD_S, step.title);
    if (step.argv[0] === "ab") assert.ok(step.seconds >= 120 + BESIDE_THE_LOAD_S, step.title);
  }
});

test("tier 2 has what tier 1 has, and every scenario is in tiers 2 and 3", () => {
  const titles = (tier: "1" | "2" | "3") => TIERS[tier].steps.map(({ title }) => title);
  assert.deepEqual(titles("2").slice(0, titles("1").length), titles("1"));
  for (const scenario of Object.keys(SCENARIOS)) {
    assert.ok(titles("2").includes(`${scenario} smoke`), scenario);
    assert.ok(titles("3").includes(`${scenario} full`), scenario);
    assert.ok(titles("3").includes(`trend of ${scenario}`), scenario);
  }
});

test("without a base nothing is compared; with one HEAD is, and nothing is left to fill in", () => {
  const ab = (base: string | undefined) =>
    stepsOf("2", RESULTS, base).find(({ title }) => title === "ab")?.argv;
  assert.equal(ab(undefined), undefined);
  assert.deepEqual(ab("v1"), ["ab", "v1", "HEAD", "--scenario", "basic-load", "--out", RESULTS, "--json"]);
  for (const { argv } of everyStep) assert.doesNotMatch(argv.join(" "), /[{}]/);
});

test("the summary is of the runs of the tier, with its comparison where there is one, and gates", () => {
  assert.deepEqual(summaryOf("/r", ["/r/one", "/r/two"], undefined).argv, [
    "summary",
    ...["/r/one", "/r/two", "--results", "/r", "--gate", "--out", "/r/summary"],
  ]);
  assert.deepEqual(summaryOf("/r", ["/r/one"], "/r/x/ab.json").argv, [
    "summary",
    ...["/r/one", "--results", "/r", "--ab", "/r/x/ab.json", "--gate", "--out", "/r/summary"],
  ]);
});
