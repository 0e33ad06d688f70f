import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Run } from "../results/run-schema.ts";

const run = promisify(execFile);

/** The git commit a folder stands at; null outside a repository, without commits or without git. */
export async function commitOf(cwd: string): Promise<Run["commit"]> {
  try {
    const [head, status] = await Promise.all([
      run("git", ["rev-parse", "HEAD"], { cwd }),
      run("git", ["status", "--porcelain", "--untracked-files=no"], { cwd }),
    ]);
    return { sha: head.stdout.trim(), dirty: status.stdout.trim() !== "" };
  } catch {
    return null;
  }
}
