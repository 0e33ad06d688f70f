/** In CI a run that fails is repeated once; what held only then is called flaky, and both runs are kept. Real k6. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type Run, runSchema } from "../../bench/results/run-schema.ts";
import { AT_A_TERMINAL, ROOT, resultsFolder, said, start } from "../plimsoll.ts";

const IN_CI = { ...AT_A_TERMINAL, CI: "true" };

/** A greeter that answers with an error until it is mended. */
async function brokenServer(t: TestContext) {
  let mended = false;
  const server = createServer(async (req, res) => {
    const { name } = JSON.parse(Buffer.concat(await req.toArray()).toString()) as { name: string };
    res.writeHead(mended ? 200 : 500, { "content-type": "application/json" });
    res.end(JSON.stringify({ message: `Hello, ${name}!` }));
  });
  server.keepAliveTimeout = 75_000;
  server.listen(0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const mend = () => {
    mended = true;
  };
  const asked = () => once(server, "request");
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, mend };
}

/** Every run in a folder, oldest first. */
function runsIn(out: string): { run: Run; text: (file: string) => string }[] {
  return readdirSync(out)
    .sort()
    .map((id) => {
      const text = (file: string) => readFileSync(join(out, id, file), "utf8");
      return { run: runSchema.parse(JSON.parse(text("run.json"))), text };
    });
}

const basicLoad = (out: string, ...flags: string[]) => [
  ...["run", "basic-load", "--profile", "smoke", "--out", out],
  ...flags,
];

/** A run in CI whose server is mended when its first attempt has failed. */
async function mendedBetween(t: TestContext) {
  const out = resultsFolder(t);
  const { url, mend } = await brokenServer(t);
  const args = basicLoad(out, "--seconds", "4", "--rate", "50", "--url", url);
  const { child, outcome } = start(t, args, ROOT, IN_CI);
  await said(child, /once more, .* was fail/);
  mend();
  const { exitCode, stdout, stderr } = await outcome;
  const [first, second, ...more] = runsIn(out);
  assert.ok(first && second && more.length === 0, stderr);
  return { first, second, exitCode, stdout };
}

// At the same time: two of them load nothing.
describe("a retry", { concurrency: 4 }, () => {
  test("a target that fails and then holds is FLAKY: exit 0, and a plain pass nowhere", async (t) => {
    let seen = await mendedBetween(t);
    // That the machine was too busy for so small a load is told, and is not what is tested here.
    if (seen.second.run.verdict === "invalid") seen = await mendedBetween(t);
    const { first, second, exitCode, stdout } = seen;
    assert.equal(first.run.verdict, "fail");
    assert.equal(first.run.retryOf, undefined);
    assert.deepEqual(
      { ...second.run.retryOf, ownVerdict: "" },
      { run: first.run.run, verdict: "fail", reasons: first.run.reasons, ownVerdict: "" },
    );
    assert.equal(exitCode, 0, stdout);
    assert.equal(second.run.verdict, "warn");
    const { ownVerdict } = second.run.retryOf ?? {};
    assert.ok(
      stdout.includes(
        `FLAKY  basic-load smoke with --rate 50 --seconds 4: fail, on retry ${ownVerdict}, exit code 0`,
      ),
      stdout,
    );
    assert.doesNotMatch(stdout, /^ {2}(PASS|WARN)\b/m);
    assert.match(second.text("report.md"), /^# ⚠️ Flaky: /);
    assert.match(second.text("report.html"), /<span class="word">Flaky<\/span>/);
    assert.match(second.text("junit.xml"), /<property name="verdict" value="flaky"\/>/);
    assert.match(second.text("junit.xml"), /name="held without a retry">\s*<skipped\/>/);
  });

  test("what measures nothing twice keeps its exit code, and stdout has the last run alone", async (t) => {
    const out = resultsFolder(t);
    const { url } = await brokenServer(t);
    const args = basicLoad(out, "--seconds", "1", "--rate", "0", "--url", url, "--json", "--retry");
    const { exitCode, stdout } = await start(t, args).outcome;
    const [first, second, ...more] = runsIn(out);
    assert.ok(first && second && more.length === 0);
    assert.equal(exitCode, 4);
    assert.deepEqual(JSON.parse(stdout), second.run);
    assert.deepEqual(
      [second.run.verdict, second.run.retryOf?.run, second.run.retryOf?.ownVerdict],
      ["no-data", first.run.run, "no-data"],
    );
    assert.match(
      second.run.reasons.at(-1) ?? "",
      /^a retry: \S+ before it was no-data \(no request was made/,
    );
  });

  test("99 then 4: a retry that Ctrl-C cuts leaves the fail, and its exit code", async (t) => {
    const out = resultsFolder(t);
    const { url, asked } = await brokenServer(t);
    const args = basicLoad(out, "--seconds", "4", "--rate", "50", "--url", url, "--json");
    const { child, outcome } = start(t, args, ROOT, IN_CI);
    await said(child, /once more, .* was fail/);
    await asked();
    child.kill("SIGINT");
    const { exitCode, stdout } = await outcome;
    assert.equal(exitCode, 99);
    const last = runSchema.parse(JSON.parse(stdout));
    const [first, second] = runsIn(out);
    assert.deepEqual([last.verdict, last.exitCode], ["fail", 99]);
    assert.deepEqual(
      [second?.run.state, second?.run.retryOf?.run, second?.run.retryOf?.ownVerdict],
      ["interrupted", first?.run.run, "invalid"],
    );
  });

  test("--no-retry holds in CI too", async (t) => {
    const out = resultsFolder(t);
    const { url } = await brokenServer(t);
    const args = basicLoad(out, "--seconds", "1", "--rate", "0", "--url", url, "--no-retry");
    assert.equal((await start(t, args, ROOT, IN_CI).outcome).exitCode, 4);
    assert.equal(runsIn(out).length, 1);
  });
});
