import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { Child } from "../run/child.ts";
import { LAST_WORDS_LINES, lastWords } from "../run/last-words.ts";
import { tailOf } from "../run/log-file.ts";

/** plimsoll-ab-<pid>-XXXXXX: whose it is, so that what a killed one left can be told from what is in use. */
const PREFIX = "plimsoll-ab-";

/** Other commits of a repository, each in a folder of its own; gone when this is over, however it ends. */
export interface Checkouts {
  /** The folder of a commit, ready to run: with its packages, and bundled where it is a checkout of ours. */
  readonly of: (sha: string) => Promise<string>;
  /** Takes all of them away. May be called again. */
  readonly remove: () => void;
}

/**
 * Opens a place for checkouts of the repository that `cwd` is in.
 *
 * @param bundle whether the bundled connector of the commit is to be run
 * @param logFile gets what npm and the bundler say
 */
export function openCheckouts(cwd: string, bundle: boolean, logFile: string): Checkouts {
  const top = git(cwd, "rev-parse", "--show-toplevel");
  sweep(top);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)));
  const made = new Map<string, Promise<string>>();
  const remove = () => {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) forget(top, join(folder, name));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    process.off("exit", remove);
  };
  process.on("exit", remove);
  const make = async (sha: string) => {
    const path = join(folder, sha.slice(0, 12));
    git(top, "worktree", "add", "--quiet", "--detach", path, sha);
    await packages(top, path, sha, logFile);
    if (bundle) await bundled(path, sha, logFile);
    return path;
  };
  return {
    of(sha) {
      const before = made.get(sha);
      if (before) return before;
      const path = make(sha);
      made.set(sha, path);
      return path;
    },
    remove,
  };
}

/** The packages of a commit: ours where its lock file is the same, its own where it is not. */
async function packages(top: string, path: string, sha: string, logFile: string): Promise<void> {
  const lock = (root: string) => {
    const file = join(root, "package-lock.json");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const own = lock(path);
  if (own === undefined || existsSync(join(path, "node_modules"))) return;
  const ours = join(top, "node_modules");
  if (own === lock(top) && existsSync(ours)) symlinkSync(ours, join(path, "node_modules"), "dir");
  else
    await run(
      "npm",
      ["ci", "--no-audit", "--no-fund"],
      path,
      logFile,
      `cannot install the packages of ${sha.slice(0, 7)}`,
    );
}

async function bundled(path: string, sha: string, logFile: string): Promise<void> {
  const program = join(path, "build", "bundle.ts");
  if (!existsSync(program) || !existsSync(join(path, "targets", "connector", "main.ts"))) {
    throw new Failure(
      "USAGE",
      `${sha.slice(0, 7)} has no bundled connector: say how a build starts, --start "node server.mjs"`,
    );
  }
  await run(process.execPath, [program], path, logFile, `cannot bundle ${sha.slice(0, 7)}`);
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  logFile: string,
  wrong: string,
): Promise<void> {
  const log = openSync(logFile, "a");
  try {
    const { exitCode } = await new Child(program, args, { cwd, stdio: ["ignore", log, log] }).ended;
    if (exitCode === 0) return;
  } finally {
    closeSync(log);
  }
  throw new Failure("USAGE", `${wrong}: ${lastWords(tailOf(logFile, LAST_WORDS_LINES)) ?? program}`);
}

/** What killed ones left: nobody else can take it away. */
function sweep(top: string): void {
  for (const line of git(top, "worktree", "list", "--porcelain").split("\n")) {
    const [, path = "", pid] = new RegExp(`^worktree (.*/${PREFIX}(\\d+)-[^/]+/[^/]+)$`).exec(line) ?? [];
    if (path === "" || lives(Number(pid))) continue;
    forget(top, path);
    rmSync(join(path, ".."), { recursive: true, force: true });
  }
  // Those that git does not know: killed before it did, pruned since, or of a repository that nobody runs ab in any more.
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !lives(Number(pid))) discard(join(tmpdir(), name));
  }
}

/** Removes a folder unless it is another user's. One that cannot be removed is no reason not to compare builds. */
function discard(folder: string): void {
  try {
    if (lstatSync(folder).uid === process.getuid?.()) rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another ab swept it meanwhile.
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function forget(top: string, path: string): void {
  try {
    // Twice forced: also while git itself was still adding it.
    git(top, "worktree", "remove", "--force", "--force", path);
  } catch {
    rmSync(path, { recursive: true, force: true });
    git(top, "worktree", "prune");
  }
}

function git(cwd: string, ...args: string[]): string {
  try {
    return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split("\n")
      .at(-1);
    throw new Failure("USAGE", `git ${args.slice(0, 2).join(" ")}: ${said}`);
  }
}
