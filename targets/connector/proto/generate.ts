#!/usr/bin/env node
/**
 * Generates ../gen/ from the .proto files beside this one.
 *
 *     node targets/connector/proto/generate.ts           write ../gen/
 *     node targets/connector/proto/generate.ts --check   exit 1 when ../gen/ is not what the .proto files give
 *
 * The npm package of protovalidate ships no .proto, so validate.proto is taken from its Go module, pinned
 * by version and checksum. buf runs in a temporary workspace: it needs both folders as modules, and nothing
 * of that should stay in the repository.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const PROTOVALIDATE = {
  module: "github.com/bufbuild/protovalidate",
  version: "v1.2.2",
  sum: "h1:2H/9/Kr97etSRqW3IJjTTb09z+zutkK2GDhDRbOnqr4=",
};

const here = import.meta.dirname;
const genDir = join(here, "..", "gen");
const binDir = join(here, "..", "..", "..", "node_modules", ".bin");

/** Where the Go module cache keeps protovalidate's .proto files; downloads the module once. */
function protovalidateProtos(workspace: string): string {
  writeFileSync(join(workspace, "go.mod"), "module generate\n\ngo 1.23\n");
  const out = execFileSync(
    "go",
    ["mod", "download", "-json", `${PROTOVALIDATE.module}@${PROTOVALIDATE.version}`],
    {
      cwd: workspace,
      encoding: "utf8",
    },
  );
  const { Dir, Sum } = JSON.parse(out) as { Dir: string; Sum: string };
  if (Sum !== PROTOVALIDATE.sum) {
    throw new Error(
      `${PROTOVALIDATE.module} ${PROTOVALIDATE.version} has checksum ${Sum}, expected ${PROTOVALIDATE.sum}`,
    );
  }
  return join(Dir, "proto", "protovalidate");
}

/** Runs buf over a temporary workspace and returns the folder it wrote. */
function generate(workspace: string): string {
  cpSync(join(here, "greeter"), join(workspace, "own", "greeter"), { recursive: true });
  cpSync(join(protovalidateProtos(workspace), "buf"), join(workspace, "protovalidate", "buf"), {
    recursive: true,
  });
  // JSON is YAML, and needs no indentation rules here.
  writeFileSync(
    join(workspace, "buf.yaml"),
    JSON.stringify({ version: "v2", modules: [{ path: "own" }, { path: "protovalidate" }] }),
  );
  writeFileSync(
    join(workspace, "buf.gen.yaml"),
    JSON.stringify({
      version: "v2",
      inputs: [{ directory: ".", paths: ["own/greeter"] }],
      plugins: [
        {
          local: "protoc-gen-es",
          out: "gen",
          opt: [
            "target=ts", // greeter.v1 has no enum; one would need target=js+dts (enums are not erasable syntax)
            "import_extension=js",
            "rewrite_imports=./buf/validate/**/*_pb.js:@bufbuild/protovalidate/gen",
          ],
        },
      ],
    }),
  );
  execFileSync("buf", ["generate"], {
    cwd: workspace,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      PATH: `${binDir}${delimiter}${process.env.PATH ?? ""}`,
      BUF_CACHE_DIR: join(workspace, "cache"),
    },
  });
  return join(workspace, "gen");
}

/** Relative path to content, of every file below `dir`. */
function contents(dir: string): Map<string, string> {
  const files = existsSync(dir) ? readdirSync(dir, { recursive: true, withFileTypes: true }) : [];
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(dir.length + 1), readFileSync(path, "utf8")]),
  );
}

const workspace = mkdtempSync(join(tmpdir(), "plimsoll-generate-"));
try {
  const fresh = generate(workspace);
  if (process.argv.includes("--check")) {
    const [want, have] = [contents(fresh), contents(genDir)];
    const stale = [...new Set([...want.keys(), ...have.keys()])].filter(
      (path) => want.get(path) !== have.get(path),
    );
    if (stale.length > 0) {
      console.error(
        `targets/connector/gen is stale (${stale.join(", ")}): run node targets/connector/proto/generate.ts`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(genDir, { recursive: true, force: true });
    cpSync(fresh, genDir, { recursive: true });
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
