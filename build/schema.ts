/**
 * Writes docs/run.schema.json, the JSON Schema of results/<run>/run.json, from the zod schema that checks every run.
 *
 *   node build/schema.ts            write it
 *   node build/schema.ts --check    exit 1 when it is not current
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runSchema } from "../bench/results/run-schema.ts";

const file = join(import.meta.dirname, "..", "docs", "run.schema.json");
const schema = `${JSON.stringify({ title: "Plimsoll run", ...z.toJSONSchema(runSchema) }, null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, schema);
} else if (readFileSync(file, "utf8") !== schema) {
  console.error("docs/run.schema.json is not what bench/results/run-schema.ts says: npm run schema");
  process.exitCode = 1;
}
