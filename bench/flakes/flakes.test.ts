import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry } from "../history/entry.ts";
import { about, type Gate, gatesIn, quarantined } from "./flakes.ts";
import { surveyOf } from "./survey.ts";

const NOW_MS = Date.UTC(2026, 10, 21);
const PERIOD = { nowMs: NOW_MS, days: 90 };
const GATE = "latency-p95";

/** Runs an hour apart, the last of them now; a word for each commit in order, a letter for each run: pass, warn or fail. */
function history(commits: string, change: (run: number) => Partial<Entry> = () => ({})): Entry[] {
  const words = commits.split(" ").filter((word) => word !== "");
  const runs = words.flatMap((word, commit) => [...word].map((letter) => ({ commit, letter })));
  return runs.map(({ commit, letter }, i) => ({
    v: 1,
    run: `run-${i}`,
    scenario: "stress",
    profile: "smoke",
    at: new Date(NOW_MS - (runs.length - 1 - i) * 3_600_000).toISOString(),
    verdict: "pass",
    commit: { sha: `commit-${commit}`, dirty: false },
    machine: "m",
    load: "l",
    target: "t",
    metrics: {},
    gates: { [GATE]: letter === "f" ? "fail" : letter === "w" ? "warn" : "pass" },
    ...change(i),
  }));
}

function only(entries: readonly Entry[]): Gate {
  const [gate, ...others] = gatesIn(entries, PERIOD);
  assert.ok(gate && others.length === 0);
  return gate;
}

for (const [commits, runs, flips, standing, why] of [
  ["pp pp pp", 6, 0, "steady", "it never failed"],
  ["ppf", 3, 1, "flaky", "one fail of three goes against the majority"],
  ["ffp", 3, 1, "flaky", "so does one pass of three"],
  ["fp", 2, 1, "flaky", "of a tie the fail is the flip"],
  ["fffp p p", 6, 1, "flaky", "broken, then mended: one run of the commit went against the others"],
  ["pp ff pp", 6, 0, "steady", "a commit that always fails is broken, not flaky"],
  ["pp ff f", 4, 0, "broken", "so is a gate that failed three times in a row"],
  ["pf pf pp pp pp f f f", 10, 2, "broken", "and quarantine does not hide that"],
  ["f p f p f", 2, 0, "steady", "a fail that stayed alone says nothing"],
  ["pw ww wf", 6, 1, "flaky", "a row that warns did not gate"],
  ["pf pf pp pp p", 9, 2, "flaky", "nine runs are too few for quarantine"],
  ["pf pf pp pp pp", 10, 2, "quarantined", "ten are enough"],
  ["pf pf pp pp pp pp pp", 14, 2, "quarantined", "the share counts, though its interval begins at 4.0 %"],
  ["pf pp pp pp pp", 10, 1, "flaky", "one flip is an accident"],
  [`pf pf ${"pp ".repeat(18)}`, 40, 2, "flaky", "2 of 40 are 5 %, not more"],
  [`pf pf ${"pp ".repeat(17)}p`, 39, 2, "quarantined", "2 of 39 are"],
  [
    `fp fp ${"p ".repeat(196)}`,
    200,
    2,
    "flaky",
    "what was repeated because it failed is rare among all runs",
  ],
] as const) {
  test(`${commits.length > 60 ? `${commits.slice(0, 20)}...` : commits}: ${standing}, for ${why}`, () => {
    const gate = only(history(commits));
    assert.deepEqual([gate.runs, gate.flips, gate.standing], [runs, flips, standing]);
    assert.equal(gate.rate?.value, flips / runs);
  });
}

test("a single fail is all there is: no rate, and nothing is known", () => {
  assert.deepEqual(only(history("f")), {
    gate: GATE,
    runs: 0,
    flips: 0,
    rate: null,
    standing: "unknown",
    lastFlip: null,
  });
});

test("the last flip is told with its commit, and the rate with its interval", () => {
  const { rate, lastFlip } = only(history("pf pp fp pp pp"));
  assert.deepEqual(lastFlip, { run: "run-4", at: "2026-11-20T19:00:00.000Z", commit: "commit-2" });
  assert.ok(rate && Math.abs(rate.low - 0.0567) < 1e-4 && Math.abs(rate.high - 0.5098) < 1e-4);
});

for (const [commits, low] of [
  ["pf pf pp pp pp", 0.0567],
  ["pf pp pp pp pp", 0.0179],
  ["pf pf pp pp pp pp pp", 0.0401],
] as const) {
  test(`the interval of ${commits} begins where the reasons for the rule say`, () => {
    assert.ok(Math.abs((only(history(commits)).rate?.low ?? 0) - low) < 1e-4);
  });
}

test("so is the number of runs that certainty of one flip in twelve would take", () => {
  const low = (runs: number) => only(history(`${"fp pp pp pp pp pp ".repeat(runs / 12)}`)).rate?.low ?? 0;
  assert.ok(low(156) < 0.05 && low(168) > 0.05, `${low(156)} and ${low(168)}`);
});

test("each gate is judged for itself", () => {
  const gates = gatesIn(
    history("pf pp", (i) => ({ gates: { b: i === 1 ? "fail" : "pass", a: "pass" } })),
    PERIOD,
  );
  assert.deepEqual(
    gates.map(({ gate, standing }) => [gate, standing]),
    [
      ["a", "steady"],
      ["b", "flaky"],
    ],
  );
});

for (const [what, change] of [
  ["of changes that are not committed", { commit: { sha: "commit-0", dirty: true } }],
  ["outside of git", { commit: null }],
  ["from before verdicts of gates were kept", { gates: undefined }],
  ["older than the period", { at: new Date(NOW_MS - 91 * 86_400_000).toISOString() }],
] as const) {
  test(`runs ${what} do not count`, () => {
    assert.deepEqual(
      gatesIn(
        history("pf pf pf", () => change as Partial<Entry>),
        PERIOD,
      ),
      [],
    );
  });
}

test("runs of another machine, load or target are not about the same gate", () => {
  const subject = { machine: "m", load: "l", target: "t" };
  const entries = history("pppp", (i) => [{ machine: "x" }, { load: "x" }, { target: "x" }, {}][i] ?? {});
  assert.deepEqual(
    about(subject, entries).map(({ run }) => run),
    ["run-3"],
  );
});

/** Runs that are left out, by their place. */
const OTHERS: Readonly<Record<number, Partial<Entry>>> = {
  3: { load: "ad hoc" },
  4: { commit: null },
  5: { commit: { sha: "commit-2", dirty: true } },
  6: { gates: undefined },
  7: { at: "2026-01-01T00:00:00.000Z", commit: null },
};

test("the survey is of what most runs are of, and counts the others", () => {
  const survey = surveyOf(
    history("pf pp pppp", (i) => OTHERS[i] ?? {}),
    PERIOD,
  );
  assert.deepEqual(
    [survey?.scenario, survey?.profile, survey?.runs, survey?.leftOut, survey?.gates[0]?.flips],
    ["stress", "smoke", 3, { unlike: 1, uncommitted: 2, unjudged: 1, old: 1 }, 1],
  );
  assert.equal(surveyOf([], PERIOD), undefined);
  assert.equal(
    surveyOf(
      history("pp", () => ({ commit: null })),
      PERIOD,
    ),
    undefined,
  );
});

test("the gates in quarantine, with why", () => {
  const gates = gatesIn(history("pf pf pp pp pp"), PERIOD);
  assert.deepEqual(quarantined(gates), new Map([[GATE, { flips: 2, runs: 10 }]]));
  assert.deepEqual(quarantined(gatesIn(history("pf pp pp pp pp"), PERIOD)), new Map());
});

/** Some commits with some runs each: `ppf ff p`. */
const commits = (letter: fc.Arbitrary<string>) =>
  fc
    .array(fc.array(letter, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 })
    .map((words) => words.map((word) => word.join("")).join(" "));

test("property: a gate that never fails is steady, however often it ran", () => {
  fc.assert(
    fc.property(commits(fc.constantFrom("p", "w")), (of) => {
      const { standing, flips } = only(history(of));
      assert.deepEqual([standing, flips], ["steady", 0]);
    }),
  );
});

test("property: a gate that never holds is not flaky, and not in quarantine", () => {
  fc.assert(
    fc.property(commits(fc.constant("f")), (of) => {
      const { standing, flips } = only(history(of));
      assert.equal(flips, 0);
      assert.ok(["unknown", "steady", "broken"].includes(standing), standing);
    }),
  );
});

test("property: the order in which runs are read changes nothing", () => {
  const shuffled = commits(fc.constantFrom("p", "f", "w"))
    .map((of) => history(of))
    .chain((runs) =>
      fc.tuple(
        fc.constant(runs),
        fc.shuffledSubarray(runs, { minLength: runs.length, maxLength: runs.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([runs, other]) => assert.deepEqual(gatesIn(other, PERIOD), gatesIn(runs, PERIOD))),
  );
});

test("property: at most half of the runs are flips", () => {
  fc.assert(
    fc.property(commits(fc.constantFrom("p", "f")), (of) => {
      const { runs, flips, rate } = only(history(of));
      assert.ok(2 * flips <= runs);
      assert.ok(rate === null || (rate.low <= rate.value && rate.value <= rate.high));
    }),
  );
});
