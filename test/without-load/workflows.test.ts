/**
 * The workflows without GitHub: actionlint reads them as it would, and what they name is looked at. What no tool can say here is
 * whether they run there.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { parse } from "yaml";
import { MARKER } from "../../bench/summary/comment.ts";
import { TIERS } from "../../bench/tiers/tiers.ts";
import { ROOT } from "../plimsoll.ts";

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number>>;
  readonly "timeout-minutes"?: number;
}

interface Job {
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly if?: string;
  readonly steps: readonly WorkflowStep[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(ROOT, ".github", "workflows");
const ACTION = join(ROOT, ".github", "actions", "set-up", "action.yml");

const workflows = readdirSync(FOLDER).map((file) => ({
  file,
  workflow: parse(readFileSync(join(FOLDER, file), "utf8")) as Workflow,
}));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);
const setUp = parse(readFileSync(ACTION, "utf8")) as { runs: { steps: readonly WorkflowStep[] } };
const steps = [
  ...jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step }))),
  ...setUp.runs.steps.map((step) => ({ name: "set-up", step })),
];

function workflow(file: string): Workflow {
  const found = workflows.find((it) => it.file === file);
  assert.ok(found, file);
  return found.workflow;
}

const folder = mkdtempSync(join(tmpdir(), "plimsoll-actionlint-"));
const actionlint = join(folder, "actionlint");

before(() => {
  const program = "github.com/rhysd/actionlint/cmd/actionlint";
  const args = ["build", "-C", join(ROOT, "build", "actionlint"), "-o", actionlint, program];
  const { status, stderr } = spawnSync("go", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("actionlint has nothing to say", () => {
  const files = readdirSync(FOLDER).map((file) => join(FOLDER, file));
  // shellcheck and pyflakes are not everywhere, and would make what is found depend on the machine.
  const { status, stdout, stderr } = spawnSync(actionlint, ["-shellcheck=", "-pyflakes=", ...files], {
    cwd: ROOT,
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
});

test("nor of the workflow that docs/ci.md has for others to copy", () => {
  const page = readFileSync(join(ROOT, "docs", "ci.md"), "utf8");
  const [, text = ""] = /^```yaml\n([\s\S]+?)^```/m.exec(page) ?? [];
  assert.match(text, /plimsoll\.mjs run/);
  const { status, stdout } = spawnSync(actionlint, ["-shellcheck=", "-pyflakes=", "-"], {
    input: text,
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
});

test("they run scripts and files that are there", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = steps.flatMap(({ step }) => [...(step.run ?? "").matchAll(/npm run (?:-s )?(\S+)/g)]);
  const names = named.map(([, script = ""]) => script);
  for (const name of names) assert.ok(scripts[name], name);
  assert.deepEqual(names.toSorted(), ["setup", "tier:1", "tier:2", "tier:3"]);
  for (const { step } of steps) {
    for (const [, file = ""] of (step.run ?? "").matchAll(/\b(?:ba)?sh (\S+)/g))
      assert.ok(existsSync(join(ROOT, file)), file);
  }
});

test("actions are GitHub's own, pinned to a major version, the same one everywhere, or of this repository", () => {
  const versions = new Map<string, string>();
  for (const { name, step } of steps) {
    if (step.uses === undefined || step.uses === "./.github/actions/set-up") continue;
    const [, action = "", version = ""] = /^(actions\/[\w-]+)(?:\/[\w-]+)?@(v\d+)$/.exec(step.uses) ?? [];
    assert.notEqual(action, "", `${name}: ${step.uses}`);
    assert.equal(versions.get(action) ?? version, version, action);
    versions.set(action, version);
  }
  assert.ok(versions.size >= 6);
});

test("what somebody else wrote, as a branch's name or a title, never becomes part of a script", () => {
  for (const { name, step } of steps) {
    assert.doesNotMatch(step.run ?? "", /\$\{\{/, name);
    assert.doesNotMatch(String(step.with?.script ?? ""), /\$\{\{/, name);
  }
});

test("no secret is used, and only the job that comments may write, and that nothing but comments", () => {
  for (const { file, workflow } of workflows) {
    assert.doesNotMatch(readFileSync(join(FOLDER, file), "utf8"), /secrets\./);
    assert.deepEqual(workflow.permissions, { contents: "read" }, file);
    if (file !== "ci.yml") assert.ok(workflow.concurrency?.group, file);
  }
  const writing = jobs.filter(({ job }) => job.permissions);
  assert.deepEqual(
    writing.map(({ name, job }) => [name, job.permissions]),
    [["pull-request.yml comment", { "pull-requests": "write" }]],
  );
  const [comment] = writing;
  assert.match(comment?.job.if ?? "", /head\.repo\.full_name == github\.repository/);
  for (const { uses } of comment?.job.steps ?? [])
    assert.match(uses ?? "", /^actions\/(download-artifact|github-script)@/);
});

test("a history that comes from the cache is mended before its tier, so that no damage goes from job to job", () => {
  const taking = jobs.filter(({ job }) =>
    job.steps.some(({ uses }) => uses?.startsWith("actions/cache/restore@")),
  );
  assert.equal(taking.length, 3);
  for (const { name, job } of taking) {
    const at = (which: (step: WorkflowStep) => boolean | undefined) => job.steps.findIndex(which);
    const restored = at(({ uses }) => uses?.startsWith("actions/cache/restore@"));
    const mended = at(({ run }) => run === "npx plimsoll archive");
    const tier = at(({ run }) => run?.startsWith("npm run -s tier:"));
    assert.ok(
      0 <= restored && restored < mended && mended < tier,
      `${name}: ${restored}, ${mended}, ${tier}`,
    );
  }
});

test("artifacts go within 90 days", () => {
  const uploads = steps.filter(({ step }) => step.uses?.startsWith("actions/upload-artifact@"));
  assert.equal(uploads.length, 4);
  for (const { name, step } of uploads) {
    const days = step.with?.["retention-days"];
    assert.ok(typeof days === "number" && days > 0 && days < 90, `${name}: ${days}`);
  }
});

test("every job has a limit, which leaves a tier its time", () => {
  for (const { name, job } of jobs) assert.ok(job["timeout-minutes"], name);
  for (const { name, job } of jobs) {
    for (const { run, "timeout-minutes": own } of job.steps) {
      const [, tier] = /tier:(\d)/.exec(run ?? "") ?? [];
      if (tier === undefined) continue;
      const minutes = own ?? job["timeout-minutes"] ?? 0;
      assert.ok(minutes * 60 >= TIERS[tier as keyof typeof TIERS].limitSeconds, name);
      assert.ok(minutes <= (job["timeout-minutes"] ?? 0), name);
    }
  }
});

test("where two commits are compared both are there", () => {
  const [checkout] = workflow("pull-request.yml").jobs.load?.steps ?? [];
  assert.equal(checkout?.with?.["fetch-depth"], 0);
});

test("the cached k6 is known by the files that set-up builds it from", () => {
  const [cache, saved] = ["restore", "save"].map((half) =>
    setUp.runs.steps.find(({ uses }) => uses?.startsWith(`actions/cache/${half}@`)),
  );
  assert.deepEqual(String(cache?.with?.path).trim().split("\n"), [".cache/k6", ".cache/k6.stamp"]);
  assert.equal(saved?.with?.path, cache?.with?.path);
  assert.match(
    String(cache?.with?.key),
    /hashFiles\('build\/k6\/\*\*\/\*\.go', 'build\/k6\/go\.mod', 'build\/k6\/go\.sum'\)/,
  );
});

/** Runs the script of the comment as actions/github-script does, against a pull request that has these comments. */
async function comment(t: TestContext, text: string | undefined, comments: object[], refused = false) {
  const script = workflow("pull-request.yml").jobs.comment?.steps.at(-1)?.with?.script;
  const calls: { name: string; args: Record<string, unknown> }[] = [];
  const warnings: string[] = [];
  const call = (name: string) => async (args: Record<string, unknown>) => {
    if (refused) throw Object.assign(new Error("Resource not accessible by integration"), { status: 403 });
    calls.push({ name, args });
  };
  const github = {
    paginate: async () => comments,
    rest: { issues: { listComments: {}, createComment: call("create"), updateComment: call("update") } },
  };
  const context = {
    repo: { owner: "o", repo: "r" },
    issue: { number: 7 },
    serverUrl: "https://github.com",
    runId: 99,
    payload: { pull_request: { head: { sha: "0123456789abcdef" } } },
  };
  const core = { warning: (line: string) => warnings.push(line) };
  const read = t.mock.fn((file: string) => {
    assert.equal(file, "comment.md");
    return text;
  });
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction("github", "context", "core", "require", String(script))(
    github,
    context,
    core,
    () => ({
      existsSync: () => text !== undefined,
      readFileSync: read,
    }),
  );
  return { calls, warnings };
}

const MARKED = `faster\n\n${MARKER}\n`;
const SIGNED = `${MARKED}\nOf commit 0123456.\n`;

test("the first comment is made, and found again by its marker", async (t) => {
  const { calls } = await comment(t, MARKED, [{ id: 1, user: { type: "User" }, body: MARKED }]);
  assert.deepEqual(calls, [
    { name: "create", args: { owner: "o", repo: "r", issue_number: 7, body: SIGNED } },
  ]);
});

test("the next one takes its place", async (t) => {
  const before = { id: 42, user: { type: "Bot" }, body: `slower\n\n${MARKER}` };
  const { calls } = await comment(t, MARKED, [{ id: 1, user: null, body: null }, before]);
  assert.deepEqual(calls, [
    { name: "update", args: { owner: "o", repo: "r", comment_id: 42, body: SIGNED } },
  ]);
});

test("a push that measured nothing does not leave the comment of the one before", async (t) => {
  const before = { id: 42, user: { type: "Bot" }, body: `Pass\n\n${MARKER}` };
  const { calls } = await comment(t, undefined, [before]);
  const job = "https://github.com/o/r/actions/runs/99";
  const body = `Not measured, see [the job](${job}).\n\n${MARKER}\n\nOf commit 0123456.\n`;
  assert.deepEqual(calls, [{ name: "update", args: { owner: "o", repo: "r", comment_id: 42, body } }]);
});

test("a token that may not comment is a warning, no failure", async (t) => {
  const { warnings } = await comment(t, MARKED, [], true);
  assert.deepEqual(warnings, [
    "no comment: this token may not write one; the report is in the summary of the job",
  ]);
});
