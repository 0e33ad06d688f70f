/** The README's commands do what it says: each is run in the order it stands there, from the checkout. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import { k6Binary } from "../bench/paths.ts";
import { RESULTS, runsIn } from "../bench/results/store.ts";
import { AT_A_TERMINAL, ROOT, runIn } from "./plimsoll.ts";
import { onlyTooSlow } from "./too-slow.ts";

interface Block {
  readonly background: boolean;
  readonly commands: readonly string[];
}

/** The ```sh blocks of a Markdown text; `sh background` is left running while the rest of its section runs. */
function shellBlocks(markdown: string): { section: string; blocks: Block[] }[] {
  return markdown.split(/^## /m).map((part) => ({
    section: part.split("\n")[0] ?? "",
    blocks: [...part.matchAll(/^```sh( background)?\n([\s\S]*?)^```/gm)].map(([, background, text]) => ({
      background: background !== undefined,
      commands: (text ?? "").split("\n").filter((line) => line.trim() !== ""),
    })),
  }));
}

/** A user has k6 on the PATH; here it is the one that was built, under its own name. */
function pathWithK6(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-k6-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(k6Binary(), join(folder, "k6"));
  return `${folder}${delimiter}${process.env.PATH}`;
}

function shell(t: TestContext, command: string, env: NodeJS.ProcessEnv) {
  const child = spawn(command, { cwd: ROOT, shell: true, detached: true, env });
  const stop = () => {
    try {
      process.kill(-(child.pid as number), "SIGTERM");
    } catch {
      // It has ended.
    }
  };
  t.after(stop);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const spoke = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  return { ended, spoke, stop, output: () => output };
}

/** A command as it ended, and the run that it left in results/. */
async function ended(t: TestContext, command: string, env: NodeJS.ProcessEnv) {
  const before = new Set(runsIn(RESULTS));
  const one = shell(t, command, env);
  const exitCode = await one.ended;
  const [left, ...others] = runsIn(RESULTS).filter((name) => !before.has(name));
  const run = left === undefined || others.length > 0 ? undefined : runIn(join(RESULTS, left));
  return { exitCode, output: one.output(), run };
}

for (const { section, blocks } of shellBlocks(readFileSync(join(ROOT, "README.md"), "utf8"))) {
  if (blocks.length === 0) continue;
  test(`README, ${section}: every command does its work`, async (t) => {
    const env = { ...AT_A_TERMINAL, PATH: pathWithK6(t) };
    const running: ReturnType<typeof shell>[] = [];
    for (const { background, commands } of blocks) {
      for (const command of commands) {
        if (background) {
          const one = shell(t, command, env);
          running.push(one);
          const early = one.ended.then((exitCode) => {
            throw new Error(`${command} ended with ${exitCode} before it said anything\n${one.output()}`);
          });
          await Promise.race([one.spoke, early]);
          // It ends when we stop it, below; that is no failure.
          early.catch(() => {});
        } else {
          const first = await ended(t, command, env);
          const tooBusy = first.run && (first.run.verdict === "invalid" || onlyTooSlow(first.run));
          const { exitCode, output, run } = tooBusy ? await ended(t, command, env) : first;
          // It did its work, and what it shows is true.
          if (exitCode !== 0 && run && exitCode === run.exitCode && onlyTooSlow(run))
            t.diagnostic(`${command}: this machine cannot tell, ${run.verdict}: ${run.reasons.join("; ")}`);
          else assert.equal(exitCode, 0, `${command}\n${output}`);
          assert.notEqual(output, "", `${command} says something`);
        }
      }
    }
    for (const one of running) {
      one.stop();
      await one.ended;
    }
  });
}

test("the README stays a page one reads: under 200 lines", () => {
  assert.ok(readFileSync(join(ROOT, "README.md"), "utf8").split("\n").length < 200);
});
