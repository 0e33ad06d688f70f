import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { frameNames } from "./frame-name.ts";

test("a function of a bundle is named by its source", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-names-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "router.ts"), `// two\n// lines\nexport function route() {\n  return "A";\n}\n`);
  writeFileSync(join(folder, "main.ts"), `import { route } from "./router.ts";\nconsole.log(route());\n`);
  const bundle = join(folder, "out", "main.mjs");
  await build({
    entryPoints: [join(folder, "main.ts")],
    outfile: bundle,
    bundle: true,
    format: "esm",
    sourcemap: true,
  });
  const lines = readFileSync(bundle, "utf8").split("\n");
  const lineNumber = lines.findIndex((line) => line.includes("function route"));
  const columnNumber = (lines[lineNumber] as string).indexOf("route") + "route".length;
  const nameOf = frameNames(folder);
  const frame = { functionName: "route", url: pathToFileURL(bundle).href, lineNumber, columnNumber };
  assert.equal(nameOf(frame), "route router.ts:3");
});

test("without a map it is the file itself; Node's own and natives keep their names", () => {
  const nameOf = frameNames("/srv/app");
  const at = { lineNumber: 9, columnNumber: 2 };
  for (const [functionName, url, name] of [
    ["", "file:///srv/app/server.mjs", "(anonymous) server.mjs:10"],
    ["send", "file:///srv/app/node_modules/ws/lib/sender.js", "send ws/lib/sender.js:10"],
    ["write", "node:net", "write node:net:10"],
    ["writev", "", "writev"],
  ] as const)
    assert.equal(nameOf({ functionName, url, ...at }), name);
});
