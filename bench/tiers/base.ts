import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nameOf } from "../ab/source.ts";
import { Failure } from "../failure.ts";

const git = promisify(execFile);

/** The commit that HEAD is compared with; undefined, with the reason, where there is none. */
export type Base = { readonly ref: string; readonly name: string } | { readonly leftOut: string };

/**
 * Finds what HEAD is compared with: what the user named, else where this branch left main.
 *
 * @param cwd a folder in the repository
 * @throws Failure when what the user named is no commit
 */
export async function baseOf(named: string | undefined, cwd: string): Promise<Base> {
  const ref = named ?? (await whereItLeftMain(cwd));
  if (ref === undefined)
    return { leftOut: "there is no main to compare with; name a commit with --base (CI: fetch-depth: 0)" };
  const sha = await shaOf(cwd, ref);
  if (sha === undefined)
    throw new Failure(
      "USAGE",
      `--base "${ref}" is no commit here; a shallow clone has few (CI: fetch-depth: 0)`,
    );
  if (sha === (await shaOf(cwd, "HEAD"))) return { leftOut: `HEAD is the base, ${sha.slice(0, 7)}` };
  return { ref, name: nameOf({ kind: "ref", ref, sha }) };
}

async function whereItLeftMain(cwd: string): Promise<string | undefined> {
  for (const main of ["origin/main", "main"]) {
    const sha = await answerOf(cwd, "merge-base", main, "HEAD");
    if (sha !== undefined) return sha;
  }
  return undefined;
}

async function shaOf(cwd: string, ref: string): Promise<string | undefined> {
  return answerOf(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
}

/** What git prints; undefined when it fails. */
async function answerOf(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await git("git", args, { cwd });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
