/**
 * Writes grafana/generated/*.json, the dashboards as Grafana reads them.
 *
 *   node grafana/generate.ts            write them              npm run dashboards
 *   node grafana/generate.ts --check    exit 1 when one is not current
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS } from "./dashboards/all.ts";

const folder = join(import.meta.dirname, "generated");
const current = new Map(
  Object.entries(DASHBOARDS).map(([name, dashboard]) => [
    `${name}.json`,
    `${JSON.stringify(dashboard, null, 2)}\n`,
  ]),
);
const stored = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const changed = [...new Set([...current.keys(), ...stored.keys()])].filter(
  (file) => current.get(file) !== stored.get(file),
);

if (process.argv.includes("--check")) {
  for (const file of changed) {
    console.error(`grafana/generated/${file} is not what grafana/dashboards says: npm run dashboards`);
  }
  if (changed.length > 0) process.exitCode = 1;
} else {
  for (const file of changed) {
    const text = current.get(file);
    if (text === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), text);
  }
}
