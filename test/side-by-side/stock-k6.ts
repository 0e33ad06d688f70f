import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../plimsoll.ts";

/** k6 without our output, of the version that ours is built from; or whichever K6_BIN names. */
export function stockK6(): string {
  const binary = process.env.K6_BIN || join(ROOT, ".cache", "k6-stock");
  if (!existsSync(binary)) throw new Error(`there is no ${binary}: node build/setup.mjs --test builds it`);
  return binary;
}
