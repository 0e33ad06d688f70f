/**
 * Writes the JSON Schemas in docs/ of what others may read, from the zod schemas that check each file before it is written.
 *
 *   node build/schema.ts            write them
 *   node build/schema.ts --check    exit 1 when one is not current
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { abSchema } from "../bench/ab/ab-schema.ts";
import { baselineSchema } from "../bench/baseline/baseline-schema.ts";
import { runSchema } from "../bench/results/run-schema.ts";
import { summarySchema } from "../bench/summary/summary-schema.ts";

const SCHEMAS = [
  { file: "run.schema.json", title: "Plimsoll run", schema: runSchema },
  { file: "baseline.schema.json", title: "Plimsoll baseline", schema: baselineSchema },
  { file: "ab.schema.json", title: "Plimsoll comparison of two builds", schema: abSchema },
  { file: "summary.schema.json", title: "Plimsoll summary of a set of runs", schema: summarySchema },
];

for (const { file, title, schema } of SCHEMAS) {
  const path = join(import.meta.dirname, "..", "docs", file);
  const text = `${JSON.stringify({ title, ...z.toJSONSchema(schema) }, null, 2)}\n`;
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`docs/${file} is not what its zod schema says: npm run schema`);
    process.exitCode = 1;
  }
}
