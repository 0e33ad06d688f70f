/** Runs a script of this folder in the real k6 and hands back what it printed. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

export const K6 = process.env.K6_BIN ?? resolve(import.meta.dirname, "../../.cache/k6");

/**
 * Bundles `testing/<script>` the way scenarios are bundled and runs it once. k6's own output goes to a file, the script
 * prints one line of JSON.
 */
export async function runInK6(script: string): Promise<unknown> {
  if (!existsSync(K6)) throw new Error(`no k6 at ${K6}: build it (build/k6/README.md) or name it in K6_BIN`);
  const folder = mkdtempSync(join(tmpdir(), "wire-k6-"));
  try {
    const bundle = join(folder, "script.js");
    const output = join(folder, "console.txt");
    await build({
      entryPoints: [join(import.meta.dirname, script)],
      outfile: bundle,
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2023",
      logLevel: "error",
    });
    const flags = ["--quiet", "--no-thresholds", "--summary-mode=disabled", "--log-format=raw"];
    // Nothing of the user's own k6 settings.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("K6_"));
    const env = {
      ...Object.fromEntries(own),
      K6_NO_USAGE_REPORT: "true",
      K6_AUTO_EXTENSION_RESOLUTION: "false",
    };
    const args = ["run", ...flags, `--console-output=${output}`, bundle];
    await promisify(execFile)(K6, args, { env });
    return JSON.parse(readFileSync(output, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
