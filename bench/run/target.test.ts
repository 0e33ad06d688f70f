import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Failure } from "../failure.ts";
import { startTarget, type Target, type TargetOptions } from "./target.ts";
import { alive, until } from "./testing/processes.ts";

function options(t: TestContext, more: Partial<TargetOptions>): TargetOptions {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-target-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { name: "connector", variant: "full", logFile: join(folder, "target.log"), ...more };
}

/** A command line that runs this script in Node. */
const node = (script: string) => `"${process.execPath}" -e '${script}'`;

async function start(t: TestContext, more: Partial<TargetOptions>): Promise<Target> {
  const target = await startTarget(options(t, more));
  t.after(() => target.stop());
  return target;
}

/** Starts what must not come up; gives back what the user is told. */
async function refusal(t: TestContext, more: Partial<TargetOptions>): Promise<Failure> {
  try {
    const target = await startTarget(options(t, more));
    await target.stop();
  } catch (error) {
    assert.ok(error instanceof Failure, `a Failure, not ${error}`);
    assert.doesNotMatch(error.message, /\n/, "one line");
    return error;
  }
  throw new assert.AssertionError({ message: "it came up" });
}

/** Something that accepts connections; its URL. */
async function listening(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL at which nothing listens: a port that was free a moment ago. */
async function silent(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<unknown>((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const readyLine = (urls: Record<string, string>) =>
  `console.log(JSON.stringify({ready:true,pid:process.pid,admin:"http://127.0.0.1:1",urls:${JSON.stringify(urls)}}));`;
const FOREVER = "setInterval(() => {}, 1000);";

test("a URL where nothing listens is the user's to mend, and the line says how", async (t) => {
  const url = await silent();
  const { code, message } = await refusal(t, { url });
  assert.equal(code, "USAGE");
  assert.equal(message, `nothing answers at ${url}: start your server first, or let us: --target-cmd "..."`);
});

test("a server that is there is taken as it is: not seen, not stopped", async (t) => {
  const url = await listening(t);
  const target = await start(t, { url });
  assert.deepEqual(
    [target.kind, target.url, target.urls, target.adminUrl, target.pid, target.command, target.lastLog(5)],
    ["url", url, {}, undefined, undefined, null, []],
  );
  await target.stop();
  assert.equal((await start(t, { url })).url, url, "it still listens");
});

test("a command that prints the ready line is a target, with the variant's own address", async (t) => {
  const urls = { none: "http://127.0.0.1:11", full: "http://127.0.0.1:12" };
  const command = node(`console.error("to the log"); ${readyLine(urls)} ${FOREVER}`);
  const target = await start(t, { command });
  assert.deepEqual(
    [target.kind, target.url, target.urls, target.adminUrl, target.command],
    ["command", urls.full, urls, "http://127.0.0.1:1", command],
  );
  assert.ok(target.pid !== undefined && alive(target.pid));
  assert.deepEqual(target.lastLog(5), ["to the log"]);
  await target.stop();
  await until(() => !alive(target.pid as number), "the target is gone");
});

test("without an address of the variant, the first one is taken", async (t) => {
  const command = node(`${readyLine({ only: "http://127.0.0.1:13" })} ${FOREVER}`);
  assert.equal((await start(t, { command })).url, "http://127.0.0.1:13");
});

test("garbage before the ready line is passed over", async (t) => {
  const garbage = `process.stdout.write(Buffer.from([0,255,10,123,10])); console.log("{}"); console.log("null"); console.log(JSON.stringify({ready:"yes"}));`;
  const command = node(`${garbage} ${readyLine({ full: "http://127.0.0.1:14" })} ${FOREVER}`);
  assert.equal((await start(t, { command })).url, "http://127.0.0.1:14");
});

test("a target that prints only garbage and ends is told by how it ended and its last words", async (t) => {
  const command = node(
    `console.log("Listening!"); console.error("first"); console.error("no licence"); process.exitCode = 3;`,
  );
  const { code, message } = await refusal(t, { command });
  assert.equal(code, "USAGE");
  assert.equal(message, "the command of --target-cmd ended with exit code 3 before it was ready: no licence");
});

test("a command that crashes is told by its error, not by the version of Node below the stack", async (t) => {
  const { message } = await refusal(t, { command: node('throw new Error("no licence")') });
  assert.equal(
    message,
    "the command of --target-cmd ended with exit code 1 before it was ready: Error: no licence",
  );
});

test("a target that ends at once without a word is told by its exit code alone", async (t) => {
  const { message } = await refusal(t, { command: "exit 9" });
  assert.equal(message, "the command of --target-cmd ended with exit code 9 before it was ready");
});

test("a command that says wrong usage is told so; a pino line is told by its sentence", async (t) => {
  const command = node(
    `console.error(JSON.stringify({level:50,msg:"port 8080 is taken by node (pid 7)"})); process.exitCode = 2;`,
  );
  const { code, message } = await refusal(t, { command });
  assert.equal(code, "USAGE");
  assert.equal(
    message,
    "the command of --target-cmd ended with exit code 2 before it was ready: port 8080 is taken by node (pid 7)",
  );
});

test("a target killed by a signal before it was ready is told by the signal", async (t) => {
  const { message } = await refusal(t, { command: "kill -KILL $$" });
  assert.equal(message, "the command of --target-cmd ended with SIGKILL before it was ready");
});

test("a command that never gets ready is the user's to mend, is told what ready means, and does not stay", async (t) => {
  const more = options(t, { command: node(`console.error(process.pid); ${FOREVER}`), readyMs: 300 });
  await assert.rejects(startTarget(more), {
    code: "USAGE",
    message:
      /^the command of --target-cmd was not ready within 0\.3 s \(a target is ready when it prints \{"ready":true,\.\.\.\}\)/,
  });
  const pid = Number(readFileSync(more.logFile, "utf8"));
  assert.ok(pid > 0);
  await until(() => !alive(pid), "the target is gone");
});

test("a command that is not there is told in the shell's words", async (t) => {
  const { message } = await refusal(t, { command: "no-such-program-of-ours" });
  assert.match(
    message,
    /^the command of --target-cmd ended with exit code 127 before it was ready: .*not found$/,
  );
});

test("a ready line without any address is the user's to mend, and the target does not stay", async (t) => {
  const more = options(t, { command: node(`console.error(process.pid); ${readyLine({})} ${FOREVER}`) });
  await assert.rejects(startTarget(more), {
    code: "USAGE",
    message: "the target's ready line names no urls: add --url, or print them",
  });
  const pid = Number(readFileSync(more.logFile, "utf8"));
  assert.ok(pid > 0);
  await until(() => !alive(pid), "the target is gone");
});

test("a command with a URL is ready when something accepts there", async (t) => {
  const url = await silent();
  const { port } = new URL(url);
  const command = node(`require("node:net").createServer().listen(${port}, "127.0.0.1")`);
  const target = await start(t, { command, url });
  assert.deepEqual([target.kind, target.url, target.urls, target.adminUrl], ["command", url, {}, undefined]);
  await target.stop();
  assert.equal((await refusal(t, { url })).code, "USAGE", "nothing listens there any more");
});

test("a command's server may finish its work when it is stopped, though the shell that started it goes at once", async (t) => {
  const server = `process.on("SIGTERM", () => setTimeout(() => { console.error("finished"); process.exit(0); }, 100));`;
  const command = `true; ${node(`${server} ${readyLine({ full: "http://127.0.0.1:16" })} ${FOREVER}`)}; true`;
  const target = await start(t, { command });
  await target.stop();
  assert.deepEqual(target.lastLog(1), ["finished"]);
});

test("a command that ends before anything accepts at its URL is told by how it ended", async (t) => {
  const { message } = await refusal(t, { command: "echo cannot bind >&2; exit 4", url: await silent() });
  assert.equal(
    message,
    "the command of --target-cmd ended with exit code 4 before it was ready: cannot bind",
  );
});

test("a command whose URL is answered by another server is refused: the figures would be that server's", async (t) => {
  const url = await listening(t);
  const { code, message } = await refusal(t, { command: node(FOREVER), url });
  assert.equal(code, "USAGE");
  assert.ok(message.includes(url), message);
});

test("a target that ends during the run is told by its ending and its last words", async (t) => {
  const script = `${readyLine({ full: "http://127.0.0.1:15" })} setTimeout(() => { console.error("sinking"); process.exit(5); }, 20);`;
  const target = await start(t, { command: node(script) });
  assert.equal((await target.ended).exitCode, 5);
  assert.deepEqual(target.lastLog(1), ["sinking"]);
});
