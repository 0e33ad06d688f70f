/** Bundles every k6 program in scenarios/ to dist/<name>.js, whole or not at all. */
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const scenarios = readdirSync(join(root, "scenarios"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "plans.ts")
  .map((file) => join(root, "scenarios", file));

const dist = join(root, "dist");
const wanted = new Set(scenarios.map((file) => basename(file, ".ts")));

await build({
  entryPoints: scenarios,
  outdir: dist,
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2023",
  external: ["k6", "k6/*"],
  // k6 reads a map beside the bundle, so a stack trace names the line in scenarios/.
  sourcemap: true,
  logLevel: "error",
});

for (const file of readdirSync(dist)) {
  if (!wanted.has(file.replace(/\.js(\.map)?$/, ""))) rmSync(join(dist, file));
}
console.log(`bundled ${[...wanted].join(", ")}`);
