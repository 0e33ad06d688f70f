/**
 * Bundles what k6 runs to dist/<scenario>.js, because k6 resolves no npm imports, and each target to
 * dist/targets/<name>.mjs, because a bundled target starts in half the time and holds 40 MB less than one whose
 * TypeScript Node strips while it loads. Scripts of pages go to dist/pages/, to be put into each page that needs them.
 * What is no longer there is taken away.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

const scenarios = readdirSync(join(root, "scenarios"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "plans.ts")
  .map((file) => join(root, "scenarios", file));

const targets = readdirSync(join(root, "targets")).filter((name) =>
  existsSync(join(root, "targets", name, "main.ts")),
);

/** Programs of worker threads: a bundle each, beside that of the target that starts them. */
const threads = ["targets/ilp/ledger/sqlite-thread.ts", "targets/ilp/claims/signature-thread.ts"];

const [, servers] = await Promise.all([
  build({
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
  }),
  build({
    entryPoints: Object.fromEntries([
      ...targets.map((name) => [name, join(root, "targets", name, "main.ts")]),
      ...threads.map((file) => [basename(file, ".ts"), join(root, file)]),
    ]),
    // Loaded by those alone who want that ledger, which is machine code, or signed claims: a pool that starts its threads
    // with a file beside its own.
    external: ["tigerbeetle-node", "tinypool"],
    outdir: join(dist, "targets"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // What a target loads only when asked to (an exporter, say) stays out of its memory until then, and so do the
    // comments of its packages.
    splitting: true,
    chunkNames: "[name]-[hash]",
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    // CommonJS packages in the bundle still ask for Node's own modules by require().
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    sourcemap: true,
    logLevel: "error",
  }),
]);

await build({
  entryPoints: [join(root, "bench", "profile", "browser", "flame-graph.ts")],
  outdir: join(dist, "pages"),
  bundle: true,
  format: "iife",
  platform: "browser",
  target: "es2022",
  minify: true,
  logLevel: "error",
});

const kept = new Set(Object.keys(servers.metafile.outputs).map((file) => basename(file)));
for (const file of readdirSync(join(dist, "targets")))
  if (!kept.has(file)) rmSync(join(dist, "targets", file));

const wanted = new Set(scenarios.map((file) => basename(file, ".ts")));
for (const file of readdirSync(dist)) {
  if (
    !["targets", "pages"].includes(file) &&
    file !== ".stamp" &&
    !wanted.has(file.replace(/\.js(\.map)?$/, ""))
  )
    rmSync(join(dist, file));
}
