import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Command, CommanderError } from "commander";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { DEFAULT_POLICY } from "../compare/policy.ts";
import { limitsText } from "../compare/words.ts";
import { Failure } from "../failure.ts";
import { planned } from "../judge/testing/evidence.ts";
import { COMMANDS } from "./all.ts";
import { checkMemory, worse } from "./run.ts";

/** The command line in this process, as bench/main.ts puts it together; what it prints of itself is kept. */
function commandLine() {
  const printed = { out: "", err: "" };
  const program = new Command("plimsoll").enablePositionalOptions().exitOverride();
  for (const add of COMMANDS) add(program);
  const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
  for (const command of commands) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        printed.out += text;
      },
      writeErr: (text) => {
        printed.err += text;
      },
    });
  }
  return {
    program,
    printed,
    parse: (...args: string[]) => program.parseAsync(["node", "plimsoll", ...args]),
  };
}

/** The one line that says what is wrong with a command line. */
async function complaint(...args: string[]): Promise<string> {
  const { parse, printed } = commandLine();
  try {
    await parse(...args);
  } catch (error) {
    if (error instanceof CommanderError) {
      assert.notEqual(error.exitCode, 0);
      return printed.err.trim();
    }
    assert.ok(error instanceof Failure, `a Failure, not ${(error as Error).stack}`);
    assert.equal(error.code, "USAGE");
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  throw new assert.AssertionError({ message: `accepted: ${args.join(" ")}` });
}

test("compare says the limits that it has", async () => {
  const { parse, printed } = commandLine();
  await assert.rejects(parse("compare", "--help"), { exitCode: 0 });
  for (const line of limitsText(DEFAULT_POLICY)) assert.ok(printed.out.includes(`\n  ${line}\n`), line);
});

test("the band of ab has its default in the unit it is typed in", async () => {
  const { parse, printed } = commandLine();
  await assert.rejects(parse("ab", "--help"), { exitCode: 0 });
  assert.match(printed.out, /--band <percent>.*\(default: 5\)/);
});

for (const name of [
  "run",
  "ab",
  "up",
  "list",
  "report",
  "baseline",
  "compare",
  "trend",
  "summary",
  "flakes",
  "archive",
  "push",
  "doctor",
]) {
  test(`plimsoll ${name} --help teaches with an example`, async () => {
    const { parse, printed } = commandLine();
    await assert.rejects(parse(name, "--help"), { exitCode: 0 });
    assert.match(printed.out, new RegExp(`Examples?:\\n {2}npx plimsoll ${name}`));
  });
}

const SCENARIO_NAMES = Object.keys(SCENARIOS).join(", ");

for (const [args, says] of [
  [["run"], /missing required argument 'scenario'/],
  [["run", "soap"], new RegExp(`^there is no scenario "soap"; there are ${SCENARIO_NAMES}$`)],
  [["run", "constructor"], new RegExp(`^there is no scenario "constructor"; there are ${SCENARIO_NAMES}$`)],
  [["run", "basic-load", "--profile", "huge"], /Allowed choices are smoke, full/],
  [["run", "basic-load", "--profle", "smoke"], /unknown option '--profle'/],
  [["run", "basic-load", "--rate", "many"], /It is a whole number from 0 to 10000000/],
  [["run", "basic-load", "--rate", "1.5"], /It is a whole number from 0 to 10000000/],
  [["run", "basic-load", "--rate", ""], /It is a whole number from 0 to 10000000/],
  [["run", "basic-load", "--rate=-1"], /It is a whole number from 0 to 10000000/],
  [["run", "stress", "--vus", "0"], /It is a whole number from 1 to 10000000/],
  [["run", "stress", "--seconds", "0"], /It is a whole number from 1 to 10000000/],
  [["run", "basic-load", "--rate", "1e9"], /It is a whole number from 0 to 10000000/],
  [
    ["run", "basic-load", "--rate", "10000000"],
    /^basic-load needs 5,000,000 VUs, some 2,500 GB of memory, and .* free: a lower --rate/,
  ],
  [["run", "basic-load", "--port-base", "99999"], /It is a whole number from 0 to 65000/],
  [["run", "basic-load", "--target-cmd", " "], /It is empty/],
  [["run", "basic-load", "--out", ""], /It is empty/],
  [["run", "soak", "--fault", "latency=1ms"], /^the target of soak has no --fault$/],
  [["run", "stress", "--rate", "10"], /^stress is about callers, not about a rate: use --vus$/],
  [["run", "basic-load", "--url", "not a url"], /It looks like http:\/\/127\.0\.0\.1:\d+/],
  [["run", "basic-load", "--url", "ftp://10.0.0.1"], /It starts with http:\/\/, https:\/\/, ws:\/\/ or wss/],
  [["run", "basic-load", "--url", "ws://a:1"], /^basic-load is for a server at http:\/\/, not ws:\/\/a:1$/],
  [["run", "soak", "--url", "http://a:1"], /^soak is for a server at ws:\/\/, not http:\/\/a:1$/],
  [["run", "soak", "--env", "TOKEN"], /It looks like TOKEN=alice-token/],
  [["run", "soak", "-e", "RATE=5"], /RATE has a flag of its own/],
  [
    ["run", "soak", "-e", "DESTINTION=test.b"],
    /^soak reads no DESTINTION of -e, but TOKEN, DESTINATION, SECRET$/,
  ],
  [["run", "soak", "burst", "-e", "HOPS=A"], /^soak and burst read no HOPS of -e, but TOKEN/],
  [["run", "soak", "-e", "HOPS=A"], /^soak reads no HOPS of -e/],
  [["run", "spike", "-e", "TOKEN=t"], /^spike reads no TOKEN of -e, but nothing$/],
  [["run", "soak", "-e", "DESTINATION=test b"], /DESTINATION looks like test\.a\.bob: a character that no/],
  [["run", "interceptor-overhead", "--variants", "none"], /It looks like none=http/],
  [["run", "interceptor-overhead", "--variants", "=http://a:1"], /It looks like none=http/],
  [["run", "interceptor-overhead", "--variants", "none=a"], /It looks like http/],
  [
    ["run", "basic-load", "--fault", "stall", "--url", "http://127.0.0.1:1"],
    /^--fault and --port-base are for the bundled/,
  ],
  [
    ["run", "basic-load", "--port-base", "0", "--target-cmd", "x"],
    /^--fault and --port-base are for the bundled/,
  ],
  [["ab", "main"], /missing required argument 'B'/],
  [["ab", "main", "HEAD", "--seconds", "5"], /It is a whole number from 22 to 3600/],
  [["ab", "main", "HEAD", "--band", "0"], /It is a percentage above 0/],
  [
    ["ab", "main", "no-such-ref-of-ours", "--scenario", "chain"],
    /^ab loads HTTP servers: .+; for chain run each build and compare the runs, .+: npx plimsoll compare --help/,
  ],
  [
    ["ab", "main", "HEAD", "--scenario", "no-such"],
    /^ab loads HTTP servers: the scenarios it knows are [\w, -]+$/m,
  ],
  [["report"], /missing required argument 'run'/],
  [["baseline", "save"], /missing required argument 'run'/],
  [["baseline", "save", "no-such-run-of-ours"], /^there is no run "no-such-run-of-ours"/],
  [["baseline", "show", "no-such.smoke"], /^there is no baseline "no-such.smoke"; /],
  [["compare", "latest"], /missing required argument 'after'/],
  [["compare", "baseline", "no-such-run-of-ours"], /^there is no run "no-such-run-of-ours"/],
  [
    ["compare", "a", "b", "--policy", "/no/such.yaml"],
    /^\/no\/such\.yaml cannot be read as a policy: ENOENT/,
  ],
  [["trend", "soap"], new RegExp(`^there is no scenario "soap"; there are ${SCENARIO_NAMES}$`)],
  [["flakes", "--profile", "huge"], /Allowed choices are smoke, full/],
  [["flakes", "soak"], /too many arguments for 'flakes'/],
  [["archive", "--days", "-1"], /It is a whole number from 0 to 36500/],
  [["archive", "--runs", "0"], /It is a whole number from 1 to 10000000/],
  [["baseline", "drop"], /unknown command 'drop'/],
  [["report", "no-such-run-of-ours"], /^there is no run "no-such-run-of-ours"/],
  [
    ["run", "basic-load", "--influx", "127.0.0.1"],
    /^--influx .* is no address of a database: it looks like http/,
  ],
  [["run", "basic-load", "--influx", "http://a/b/c"], /^--influx names one database after the host: http/],
  [["push"], /missing required argument 'run'/],
  [["push", "latest", "--influx", "ftp://a/b"], /^--influx .* is no address of a database/],
  [["push", "no-such-run-of-ours", "--influx", "http://a/b"], /^there is no run "no-such-run-of-ours"/],
  [["up", "submarine"], /^there is no target "submarine"; there is connector/],
] as const) {
  test(`plimsoll ${args.join(" ")} is wrong usage, and says so in a line`, async () => {
    const said = await complaint(...args);
    assert.match(said, says);
    assert.ok(said.split("\n").length <= 2, `one line and a hint: ${said}`);
  });
}

/** What a command prints on stdout while it runs. */
async function printedBy(t: TestContext, ...args: string[]): Promise<string> {
  let text = "";
  const write = t.mock.method(process.stdout, "write", (chunk: string) => {
    text += chunk;
    return true;
  });
  await commandLine().parse(...args);
  write.mock.restore();
  return text;
}

for (const [codes, worst] of [
  [[0, 0], 0],
  [[4, 0], 4],
  [[4, 99], 99],
  [[99, 4], 99],
  [[1, 99], 1],
  [[2, 4], 2],
] as const) {
  test(`of exit codes ${codes.join(" and ")} a CI job sees ${worst}`, () => {
    assert.equal(worse(codes[0], codes[1]), worst);
  });
}

test("VUs that fit into memory are not refused, those that do not are", () => {
  const { load } = planned("basic-load", "full");
  assert.ok(load.model === "open");
  const needs = load.preAllocatedVUs * 500_000;
  assert.doesNotThrow(() => checkMemory({ scenario: "basic-load", load }, needs));
  assert.throws(() => checkMemory({ scenario: "basic-load", load }, needs - 1), { code: "USAGE" });
});

test("list shows every scenario with the load and the length of each profile", async (t) => {
  const text = await printedBy(t, "list");
  for (const name of Object.keys(SCENARIOS)) assert.ok(text.includes(name), name);
  assert.match(text, /1,000 req\/s[\s\S]*7\.2 min/, "basic-load in full: 10 s of warm-up and 7 minutes");
  assert.match(text, /2,000 VUs/);
  for (const line of text.split("\n")) assert.ok(line.length <= 80, `${line.length}: ${line}`);
});

test("list --json is the scenarios as data", async (t) => {
  assert.deepEqual(
    JSON.parse(await printedBy(t, "list", "--json")),
    JSON.parse(JSON.stringify(Object.values(SCENARIOS))),
  );
});

test("push without a database asks for one", async () => {
  delete process.env.PLIMSOLL_INFLUX;
  const whereTo = /^where to\? --influx http\S+, or PLIMSOLL_INFLUX$/;
  assert.match(await complaint("push", "latest"), whereTo);
  // As a CI job has it whose secret is not there.
  process.env.PLIMSOLL_INFLUX = "";
  assert.match(await complaint("push", "latest"), whereTo);
});

test("what is wrong with PLIMSOLL_INFLUX is told without what it says", async (t) => {
  process.env.PLIMSOLL_INFLUX = "http://ann:s3#cret@127.0.0.1:8086/plimsoll";
  t.after(() => {
    delete process.env.PLIMSOLL_INFLUX;
  });
  assert.doesNotMatch(await complaint("run", "basic-load"), /s3|cret|ann/);
  assert.equal(process.env.PLIMSOLL_INFLUX, undefined, "nor is it handed on to k6 or a target");
});

test("a database that does not answer ends a run that asked for it; named by the environment it keeps no run back", async (t) => {
  const { url: silent, close } = await listening(t);
  await close();
  process.env.PLIMSOLL_INFLUX = `${silent}/plimsoll`;
  t.after(() => {
    delete process.env.PLIMSOLL_INFLUX;
  });
  // The next thing that is looked at is the target.
  const run = ["run", "basic-load", "--url", silent];
  const [fromEnvironment, fromFlag] = await Promise.all([
    complaint(...run),
    complaint(...run, "--influx", `${silent}/plimsoll`),
  ]);
  assert.match(fromEnvironment, /^nothing answers at http/);
  assert.match(fromFlag, /^no InfluxDB answers at \S+ \(.+\): start it, or correct the address$/);
});

function resultsFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-out-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function listening(t: TestContext): Promise<{ url: string; close: () => Promise<unknown> }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => new Promise((resolve) => server.close(resolve)) };
}

test("a URL where nothing listens is wrong usage and leaves no results", async (t) => {
  const out = resultsFolder(t);
  const { url, close } = await listening(t);
  await close();
  assert.match(await complaint("run", "basic-load", "--url", url, "--out", out), /^nothing answers at http/);
  assert.deepEqual(readdirSync(out), []);
});

test("a comparison of variants that are not named is wrong usage and leaves no results", async (t) => {
  const out = resultsFolder(t);
  const { url } = await listening(t);
  assert.match(
    await complaint("run", "interceptor-overhead", "--url", url, "--out", out),
    /^interceptor-overhead compares variants: .*--variants none=URL,full=URL,\.\.\.$/,
  );
  assert.deepEqual(readdirSync(out), []);
});

test("a comparison that leaves one of its variants without an address is wrong usage and leaves no results", async (t) => {
  const out = resultsFolder(t);
  const { url } = await listening(t);
  const args = ["--url", url, "--variants", `none=${url},full=${url}`, "--out", out];
  assert.match(await complaint("run", "interceptor-overhead", ...args), /--variants.*error-handler/);
  assert.deepEqual(readdirSync(out), []);
});
