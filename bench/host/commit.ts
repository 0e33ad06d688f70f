import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Run } from "../results/run-schema.ts";

const run = promisify(execFile);

/**
 * The git commit a folder stands at; null outside a repository, without commits or without git.
 *
 * @param except a file that may have changed, from the top of the repository
 */
export async function commitOf(cwd: string, except?: string): Promise<Run["commit"]> {
  const paths = except === undefined ? [] : ["--", ":/", `:(top,exclude,literal)${except}`];
  try {
    const [head, status] = await Promise.all([
      run("git", ["rev-parse", "HEAD"], { cwd }),
      run("git", ["status", "--porcelain", "--untracked-files=no", ...paths], { cwd }),
    ]);
    return { sha: head.stdout.trim(), dirty: status.stdout.trim() !== "" };
  } catch {
    return null;
  }
}
