/** Steps against a stand-in for plimsoll: a real process for each that prints and exits as its argv says. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { Interrupts } from "../run/interrupts.ts";
import { alive, until } from "../run/testing/processes.ts";
import type { Outcome } from "./run-step.ts";
import { makeRoom, runTier } from "./run-tier.ts";
import { tierText } from "./text.ts";
import type { Step } from "./tiers.ts";

/** `run NAME CODE VERDICT [flaky]`, `ab CODE VERDICT`, `say CODE WORDS`, `wait FILE` (until SIGTERM), `stubborn FILE` (until the second), `summary ...` (keeps its argv). */
const STAND_IN = `
  import { writeFileSync } from "node:fs";
  const [command, ...args] = process.argv.slice(2);
  const end = (code) => { process.exitCode = Number(code); };
  if (command === "run") {
    const [name, code, verdict, flaky] = args;
    const retryOf = { run: "before", verdict: "fail", reasons: [], ownVerdict: "pass" };
    console.error("loading " + name);
    console.log(JSON.stringify({ run: name, verdict, series: [], ...(flaky && { retryOf }) }));
    end(code);
  } else if (command === "ab") {
    console.log(JSON.stringify({ id: "the-ab", verdict: args[1] }));
    end(args[0]);
  } else if (command === "say") {
    console.log(args[1]);
    end(args[0]);
  } else if (command === "wait") {
    setInterval(() => {}, 1_000);
    process.on("SIGTERM", () => { console.error("stopped in good order"); process.exit(4); });
    // Last: what reads it may signal at once.
    writeFileSync(args[0], String(process.pid));
  } else if (command === "stubborn") {
    let asked = 0;
    setInterval(() => {}, 1_000);
    process.on("SIGTERM", () => {
      if (++asked === 2) { console.error("tidied up"); process.exit(130); }
      writeFileSync(args[0], String(asked));
    });
    writeFileSync(args[0], "0");
  } else if (command === "summary") {
    writeFileSync(process.env.STAND_IN_SUMMARY, JSON.stringify(args));
    end(process.env.STAND_IN_GATE ?? 0);
  }`;

function step(...argv: string[]): Step {
  return { title: argv.slice(0, 2).join(" "), argv, seconds: 5 };
}

function place(t: TestContext) {
  const results = mkdtempSync(join(tmpdir(), "plimsoll-tier-"));
  t.after(() => rmSync(results, { recursive: true, force: true }));
  const standIn = join(results, "stand-in.mjs");
  writeFileSync(standIn, STAND_IN);
  const summary = join(results, "summary.json");
  process.env.STAND_IN_SUMMARY = summary;
  const interrupts = new Interrupts(process.stderr, "killed");
  t.after(() => interrupts.release());
  const begun: string[] = [];
  const logs = join(results, "tier-1");
  const run = (...steps: Step[]) => {
    makeRoom(results, logs);
    return runTier({
      steps,
      results,
      logs,
      program: [process.execPath, standIn],
      interrupts,
      on: { begin: ({ title }, n, of) => begun.push(`${n}/${of} ${title}`), end: () => {} },
    });
  };
  return { results, summary, begun, run };
}

const shown = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ step, exitCode, verdict }) => [step.title, exitCode, verdict]);

test("every step is run though one fails, and the summary gets the runs and the comparison", async (t) => {
  const { results, summary, begun, run } = place(t);
  const outcomes = await run(
    step("run", "one", "99", "fail"),
    step("run", "two", "0", "warn"),
    step("ab", "3", "slower"),
  );
  assert.deepEqual(shown(outcomes), [
    ["run one", 99, "fail"],
    ["run two", 0, "warn"],
    ["ab 3", 3, "slower"],
    ["summary", 0, "done"],
  ]);
  assert.deepEqual(begun, ["1/4 run one", "2/4 run two", "3/4 ab 3", "4/4 summary"]);
  assert.deepEqual(JSON.parse(readFileSync(summary, "utf8")), [
    join(results, "one"),
    join(results, "two"),
    ...["--results", results, "--ab", join(results, "the-ab", "ab.json")],
    ...["--gate", "--out", join(results, "summary")],
  ]);
});

test("steps that failed and left no result are handed to the summary by name", async (t) => {
  const { results, summary, run } = place(t);
  const young: Step = { ...step("say", "4", "no data"), mayLackData: true };
  await run(
    step("run", "one", "0", "pass"),
    step("say", "2", "port taken"),
    step("run", "x", "99", "fail"),
    young,
  );
  const argv = JSON.parse(readFileSync(summary, "utf8")) as string[];
  assert.deepEqual(argv.slice(argv.indexOf("--results")), [
    ...["--results", results, "--missing", "say 2: exit 2"],
    ...["--gate", "--out", join(results, "summary")],
  ]);
});

test("where nothing ran there is nothing to sum up", async (t) => {
  const { summary, run } = place(t);
  assert.deepEqual(shown(await run(step("say", "2", "plimsoll: port 8080 is taken"))), [
    ["say 2", 2, "failed"],
  ]);
  assert.ok(!existsSync(summary));
});

test("what a step prints is in its log, without the JSON that is for programs; a tier begins with empty logs", async (t) => {
  const { results, run } = place(t);
  await run(step("say", "0", "old"), step("say", "0", "older"));
  const [first, second] = await run(step("run", "one", "0", "pass"), step("say", "1", "words on stdout"));
  assert.equal(readFileSync(first?.log as string, "utf8"), "loading one\n");
  assert.equal(readFileSync(second?.log as string, "utf8"), "words on stdout\n");
  assert.deepEqual(readdirSync(join(results, "tier-1")), [
    "01-run-one.log",
    "02-say-1.log",
    "03-summary.log",
  ]);
});

test("a run that held only on its retry is told as flaky", async (t) => {
  const { run } = place(t);
  const [first] = await run(step("run", "one", "0", "warn", "flaky"));
  assert.deepEqual([first?.exitCode, first?.verdict], [0, "flaky"]);
});

test("a gate that closes is told as one, and not as a step that broke", async (t) => {
  process.env.STAND_IN_GATE = "99";
  t.after(() => {
    delete process.env.STAND_IN_GATE;
  });
  const { run } = place(t);
  assert.deepEqual(shown(await run(step("run", "one", "99", "fail"))), [
    ["run one", 99, "fail"],
    ["summary", 99, "gate: fail"],
  ]);
});

test("of a step that failed its verdict and the reasons are shown, and not the table above", async (t) => {
  const { results, run } = place(t);
  const table = Array.from({ length: 30 }, (_, i) => `  row ${i}`).join("\n");
  const reasons = Array.from({ length: 8 }, (_, i) => `  reason ${i}`).join("\n");
  const first = `  FAIL  soak smoke, exit code 99\n  the first try\n`;
  const said = `${table}\n\n${first}${table}\n\n  FAIL  soak smoke: fail, on retry fail, exit code 99\n${reasons}\n\n  report.html`;
  const text = tierText("1", await run(step("say", "99", said)), results, 99);
  assert.match(
    text,
    /say-99\.log:\n {6}FAIL {2}soak smoke: fail, on retry fail, exit code 99\n {6}reason 0\n/,
  );
  assert.match(text, / {6}reason 7\n {6}report\.html\n/);
  assert.doesNotMatch(text, /row 29|the first try/);
});

test("a tier makes room by removing what tiers write, and nothing else", (t) => {
  const { results } = place(t);
  const [logs, summary] = [join(results, "tier-1"), join(results, "summary")];
  for (const folder of [logs, summary]) mkdirSync(folder);
  for (const file of ["01-old.log", "diary.log"]) writeFileSync(join(logs, file), "");
  for (const file of ["report.html", "comment.md", "thesis.md"]) writeFileSync(join(summary, file), "");
  makeRoom(results, logs);
  assert.deepEqual([readdirSync(logs), readdirSync(summary)], [["diary.log"], ["thesis.md"]]);
});

for (const results of ["/dev/null", "/proc/nope"]) {
  const unix = process.platform === "linux";
  test(`results in ${results} are refused in a sentence`, { skip: !unix }, () => {
    assert.throws(
      () => makeRoom(results, join(results, "tier-1")),
      (error) => error instanceof Failure && /^cannot write results to [^\n]*$/.test(error.message),
    );
  });
}

for (const [flags, says] of [
  [["--no-such"], /^tier: unknown option '--no-such'\n\(npm run tier:1 -- --help shows what there is\)\n$/],
  [["extra"], /^tier: "extra" is one word too many: a tier takes flags only \(.*\)\n$/],
] as const)
  test(`tier 1 ${flags.join(" ")} is refused with a pointer to --help`, () => {
    const program = join(ROOT, "bench", "tiers", "tier.ts");
    const { status, stderr } = spawnSync(process.execPath, [program, "1", ...flags], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, says);
  });

test("a step that may lack data does not fail for it, and for nothing else", async (t) => {
  const { run } = place(t);
  const young: Step = { ...step("say", "4", "no data"), mayLackData: true };
  const broken: Step = { ...step("say", "1", "a fault"), mayLackData: true };
  assert.deepEqual(shown(await run(young, broken)), [
    ["say 4", 0, "no data yet"],
    ["say 1", 1, "failed"],
  ]);
});

test("Ctrl-C asks the step to end, and no other is begun", async (t) => {
  const { results, begun, run } = place(t);
  const file = join(results, "pid");
  const over = run(step("run", "one", "0", "pass"), step("wait", file), step("run", "two", "0", "pass"));
  const pid = Number(
    await until(() => existsSync(file) && readFileSync(file, "utf8"), "the step is at work"),
  );
  // To this process, as a terminal does: the step is in a group of its own.
  process.kill(process.pid, "SIGINT");
  const outcomes = await over;
  assert.deepEqual(
    outcomes.map(({ exitCode, verdict }) => [exitCode, verdict]),
    [
      [0, "pass"],
      [4, "failed"],
      [undefined, "not run"],
      [undefined, "not run"],
    ],
  );
  assert.equal(readFileSync(outcomes[1]?.log as string, "utf8"), "stopped in good order\n");
  assert.ok(!alive(pid));
  assert.equal(begun.length, 2);
});

test("a second Ctrl-C asks the step again, which may tidy up before it ends", async (t) => {
  const { results, run } = place(t);
  const file = join(results, "asked");
  const asked = (times: string) =>
    until(
      () => existsSync(file) && readFileSync(file, "utf8") === times,
      `the step was asked ${times} times`,
    );
  const over = run(step("stubborn", file));
  await asked("0");
  process.kill(process.pid, "SIGINT");
  await asked("1");
  // What comes sooner is taken for the same one.
  await sleep(150);
  process.kill(process.pid, "SIGINT");
  const [outcome] = await over;
  assert.equal(outcome?.exitCode, 130);
  assert.equal(readFileSync(outcome?.log as string, "utf8"), "tidied up\n");
});

test("the table at the end has every step, the last words of what failed, and the exit code", async (t) => {
  const { results, run } = place(t);
  const outcomes = await run(step("run", "one", "0", "pass"), step("say", "99", "SLA crossed: p95 212 ms"));
  const text = tierText("1", outcomes, results, 99);
  assert.match(text, /run one +pass +0 +\S+ s +5\.00 s/);
  assert.match(text, /say 99 +.*failed.* +99 /);
  assert.match(text, /the end of \S+02-say-99\.log:\n {4}SLA crossed: p95 212 ms\n/);
  assert.doesNotMatch(text, /loading one/, "of a step that held nothing is quoted");
  assert.match(text, /tier 1 took \S+ s of at most 5 min 00 s; exit code 99\n$/);
  mkdirSync(join(results, "summary"));
  writeFileSync(join(results, "summary", "report.html"), "");
  assert.match(tierText("1", outcomes, results, 99), /exit code 99\n {2}\S+summary\/report\.html\n$/);
});
