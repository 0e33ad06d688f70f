import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Failure } from "../failure.ts";

/** What the user named as A or B. */
export type Source =
  | { readonly kind: "ref"; readonly ref: string; readonly sha: string }
  | { readonly kind: "command"; readonly command: string };

const git = promisify(execFile);

/**
 * Reads what the user named: a command has white space in it, a git ref has none.
 *
 * @param cwd a folder in the repository of the ref
 * @throws Failure when a ref is none
 */
export async function sourceOf(text: string, cwd: string): Promise<Source> {
  const named = text.trim();
  if (named === "") throw new Failure("USAGE", "A and B are a git ref or a command each, and one is empty");
  if (/\s/.test(named)) return { kind: "command", command: named };
  try {
    const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${named}^{commit}`];
    const { stdout } = await git("git", args, { cwd });
    return { kind: "ref", ref: named, sha: stdout.trim() };
  } catch {
    if (await isShallow(cwd)) {
      throw new Failure(
        "USAGE",
        `"${named}" is not in this clone, which is shallow: git fetch --unshallow brings its other commits, git fetch origin <branch>:<branch> a branch`,
      );
    }
    throw new Failure(
      "USAGE",
      `"${named}" is no git ref of the repository in ${cwd}; a command has white space in it: "node server.mjs"`,
    );
  }
}

async function isShallow(cwd: string): Promise<boolean> {
  return git("git", ["rev-parse", "--is-shallow-repository"], { cwd }).then(
    ({ stdout }) => stdout.trim() === "true",
    () => false,
  );
}

/** What a table or a sentence calls it. */
export function nameOf(source: Source): string {
  if (source.kind === "command") return source.command;
  const short = source.sha.slice(0, 7);
  return source.sha.startsWith(source.ref) ? short : `${source.ref} (${short})`;
}

/** A command with its port filled in, for a shell; it finds it in $PORT as well. */
export function atPort(command: string, port: number): string {
  return command.replaceAll("{port}", String(port));
}
