import { abScenarios } from "../ab/compare.ts";
import { reasons as changesOf } from "../compare/words.ts";
import { shellWord } from "../report/escape.ts";
import { repeatCommand } from "../report/repeat.ts";
import { wasProfiled } from "../results/profiled.ts";
import type { Run } from "../results/run-schema.ts";
import { shiftText } from "../trend/words.ts";
import { type Between, between, bisectCommands } from "./bisect.ts";
import { outcomeOfAb, outcomeOfDelta, shortName, warningOf } from "./outcome.ts";
import type { AbSummary, Compared, RunSummary, Step, TrendSummary } from "./summary-schema.ts";

/** A run as it is told, with what commands that run it again, or keep it, need to know. */
export interface Told {
  readonly summary: RunSummary;
  readonly run: Run;
  /** How a command names it: in results/ by its name, elsewhere by its folder. */
  readonly reference: string;
}

interface Named {
  readonly scenario: string;
  readonly profile: string;
}

/**
 * What to do next, the most urgent first: what is broken, what became slower, what says nothing, what is missing. When
 * nothing is, it says so.
 */
export function nextSteps(
  runs: readonly Told[],
  ab: readonly AbSummary[],
  trends: readonly TrendSummary[],
  missing: readonly string[] = [],
): Step[] {
  const steps = [
    ...runs.flatMap(failed),
    ...ab.flatMap(ofAb),
    ...runs.flatMap((told) => ofBaseline(told, trends)),
    ...trends.flatMap((trend) => ofTrend(trend, runs)),
    ...missing.map(lost),
    ...runs.flatMap(unmeasured),
    ...runs.flatMap(warned),
    ...withoutBaseline(runs),
  ];
  // Two runs of one scenario may ask for the same.
  const keys = steps.map((step) => JSON.stringify(step));
  if (steps.length > 0) return steps.filter((_, i) => keys.indexOf(keys[i] as string) === i);
  return [{ why: "Nothing is wrong.", what: "There is nothing to do.", commands: [] }];
}

const nameOf = ({ scenario, profile }: Named) => `${scenario} ${profile}`;

const profileCommand = ({ scenario, profile }: Named) =>
  `npx plimsoll profile ${shellWord(scenario)} --profile ${shellWord(profile)}`;

const saveCommand = ({ reference }: Told) => `npx plimsoll baseline save ${shellWord(reference)}`;

function failed({ summary, run }: Told): Step[] {
  if (summary.verdict !== "fail") return [];
  const why = `${nameOf(summary)} failed: ${summary.reasons[0] ?? "a limit of its SLA was crossed"}.`;
  if (run.target.died) {
    const what = "Read the last that the target said, in target.log of the run, and run it again.";
    return [{ why, what, commands: [repeatCommand(run)] }];
  }
  const what = `See in report.html of ${summary.run} when it began; profile where the time goes; run it again after a change.`;
  return [{ why, what, commands: [profileCommand(summary), repeatCommand(run)] }];
}

function ofAb(one: AbSummary): Step[] {
  const { scenario, a, b, reasons } = one;
  const why = `${shortName(b)} against ${shortName(a)}: ${reasons[0] ?? one.verdict}.`;
  switch (outcomeOfAb(one)) {
    case "fail":
      return [
        { why, what: "Read what B said before it ended, in the folder of the comparison.", commands: [] },
      ];
    case "regression": {
      const what =
        "Profile the scenario on both builds; when the price is wanted, say so where the change is reviewed.";
      return [{ why, what, commands: [profileCommand({ scenario, profile: "smoke" })] }];
    }
    case "no-data": {
      const what = "Check that both builds start and answer here, at a rate that they hold.";
      return [{ why, what, commands: ["npx plimsoll doctor"] }];
    }
    default:
      return [];
  }
}

function ofBaseline(told: Told, trends: readonly TrendSummary[]): Step[] {
  const { summary, run } = told;
  const delta = summary.againstBaseline;
  if (delta.state !== "compared") return [];
  const name = nameOf(summary);
  const [first = ""] = changesOf(delta);
  if (outcomeOfDelta(summary) !== "pass")
    return [
      {
        why: `${name} is worse than its baseline: ${first}.`,
        ...search(summary, commitsOf(summary, delta, trends), run),
      },
      {
        why: `The change of ${name} may be wanted.`,
        what: "Accept it: later runs are then compared with this one.",
        commands: [saveCommand(told)],
      },
    ];
  if (delta.change === "faster")
    return [
      {
        why: `${name} is better than its baseline: ${first}.`,
        what: "Hold on to it: make it the baseline.",
        commands: [saveCommand(told)],
      },
    ];
  if (delta.change === "inconclusive")
    return [
      {
        why: `${name} against its baseline is inconclusive: ${changesOf(delta).at(-1)}.`,
        what: "Run it again with less other work on the machine, or longer.",
        commands: [repeatCommand(run)],
      },
    ];
  return [];
}

/** A shift that the trend found lies between fewer commits than the baseline and the run do. */
function commitsOf(
  { scenario, profile, commit }: RunSummary,
  delta: Compared,
  trends: readonly TrendSummary[],
): Between | undefined {
  const trend = trends.find((one) => one.scenario === scenario && one.profile === profile);
  const shift = trend && lastWorsening(trend);
  return (shift && between(shift.commitBefore, shift.commit)) ?? between(delta.commit, commit);
}

function search(
  { scenario, profile }: Named,
  commits: Between | undefined,
  run?: Run,
): Pick<Step, "what" | "commands"> {
  const profiled = profileCommand({ scenario, profile });
  if (commits === undefined) {
    const what =
      "Both are of one commit, or of none: run it again to see whether it is the machine, then profile.";
    return { what, commands: [...(run ? [repeatCommand(run)] : []), profiled] };
  }
  if (!abScenarios().includes(scenario)) {
    const what = `Run the commits between ${commits.good} and ${commits.bad} and compare each with the baseline, then profile.`;
    const again = run ? [repeatCommand(run), "npx plimsoll compare baseline latest"] : [];
    return { what, commands: [`git log --oneline ${commits.good}..${commits.bad}`, ...again, profiled] };
  }
  return {
    what: `See whether it is the commits and not the machine, search between ${commits.good} and ${commits.bad}, then profile.`,
    commands: [...bisectCommands(commits, scenario), profiled],
  };
}

function lastWorsening({ metrics }: TrendSummary) {
  const shifts = metrics
    .filter(({ direction }) => direction === "degrading")
    .flatMap(({ title, worse, shifts }) =>
      shifts.filter(({ ratio }) => ratio > 1 === (worse === "more")).map((shift) => ({ ...shift, title })),
    );
  return shifts.toSorted((a, b) => a.index - b.index).at(-1);
}

/** What a baseline did not tell already. */
function ofTrend(trend: TrendSummary, runs: readonly Told[]): Step[] {
  const degrading = trend.metrics.filter(({ direction }) => direction === "degrading");
  const known = runs.some(
    ({ summary }) =>
      summary.scenario === trend.scenario &&
      summary.profile === trend.profile &&
      outcomeOfDelta(summary) !== "pass",
  );
  if (degrading.length === 0 || known) return [];
  const name = nameOf(trend);
  const shift = lastWorsening(trend);
  if (shift) {
    const why = `The trend of ${name} has a shift: ${shift.title} ${shiftText(shift)}.`;
    return [{ why, ...search(trend, between(shift.commitBefore, shift.commit)) }];
  }
  const titles = degrading.map(({ title }) => title).join(", ");
  return [
    {
      why: `${name} became worse little by little: ${titles}.`,
      what: "No one commit did it: look at the whole history, and profile.",
      commands: [
        `npx plimsoll trend ${shellWord(trend.scenario)} --profile ${shellWord(trend.profile)}`,
        profileCommand(trend),
      ],
    },
  ];
}

function lost(what: string): Step {
  return { why: `Left no result: ${what}.`, what: "Read its log, mend it, and run it again.", commands: [] };
}

function unmeasured({ summary, run }: Told): Step[] {
  const name = nameOf(summary);
  const [first] = summary.reasons;
  const again = [repeatCommand(run)];
  if (run.state === "running") {
    const what = "Wait for its end; when it was killed, run it again.";
    return [{ why: `${name} is running, or was killed before its end.`, what, commands: again }];
  }
  if (run.state !== "complete")
    return [{ why: `${name} was cut before its end.`, what: "Run it again, to its end.", commands: again }];
  if (wasProfiled(summary)) {
    const what =
      "Its profile/ tells where the time goes; a run beside nothing else tells what the target holds.";
    return [
      { why: `${name} was profiled, which slows the target down: it has no verdict.`, what, commands: again },
    ];
  }
  switch (summary.verdict) {
    case "invalid":
      return [
        {
          why: `${name} is invalid: ${first ?? "the generator was the limit"}.`,
          what:
            run.exitCode === 1
              ? "The load generator itself failed: read k6.log of the run."
              : "The load generator was the limit. Give it VUs, a lower rate, or cores without other work; see what this machine has.",
          commands: ["npx plimsoll doctor", ...again],
        },
      ];
    case "no-data":
      return [
        {
          why: `${name} has no data: ${first ?? "nothing was measured"}.`,
          what: "Check that the target answers at its address, the rate, what k6 said in k6.log of the run, and that it ran long enough.",
          commands: ["npx plimsoll doctor", ...again],
        },
      ];
    default:
      return [];
  }
}

function warned({ summary }: Told): Step[] {
  const warning = warningOf(summary);
  if (warning === undefined) return [];
  if (warning !== "close") {
    const said = summary.reasons[0] ?? "its verdict changes without a change";
    const why = `${nameOf(summary)} is ${warning === "flaky" ? said : `not gated by all of its rows: ${said}`}.`;
    const what = "See which of its gates flip on unchanged commits, and mend those first.";
    return [{ why, what, commands: ["npx plimsoll flakes"] }];
  }
  const why = `${nameOf(summary)} warns: ${summary.reasons[0] ?? "a limit was crossed by a little"}.`;
  return [{ why, what: "Look before it grows.", commands: [profileCommand(summary)] }];
}

/** Runs that could be a baseline, and have none that they compare with. */
function withoutBaseline(runs: readonly Told[]): Step[] {
  const of = (state: string) => {
    const sound = runs.filter(
      ({ summary: { verdict, againstBaseline } }) =>
        (verdict === "pass" || verdict === "warn") && againstBaseline.state === state,
    );
    // Of several runs of one scenario and profile, the last.
    return [...new Map(sound.map((told) => [nameOf(told.summary), told])).values()];
  };
  const list = (found: readonly Told[]) => found.map(({ summary }) => nameOf(summary)).join(", ");
  const [none, elsewhere, unlike] = [of("none"), of("other-machine"), of("not-compared")];
  const steps: Step[] = [];
  if (none.length > 0)
    steps.push({
      why: `There is no baseline of ${list(none)}.`,
      what: "Save one, when this is how it should be.",
      commands: none.map(saveCommand),
    });
  if (elsewhere.length > 0)
    steps.push({
      why: `The baseline of ${list(elsewhere)} is from another machine, so it says nothing of this run.`,
      what: "Run on that machine, or hold two builds against each other on this one.",
      commands: ["npx plimsoll ab main HEAD"],
    });
  for (const told of unlike) {
    const { againstBaseline: delta } = told.summary;
    steps.push({
      why: `${nameOf(told.summary)} was not compared: ${"why" in delta ? delta.why : delta.state}.`,
      what: "Run it as its baseline was run, or make it the baseline of how it is run now.",
      commands: [saveCommand(told)],
    });
  }
  return steps;
}
