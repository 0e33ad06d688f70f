import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { styleText } from "node:util";
import type { Command } from "commander";
import { CONNECTOR_VARIANTS, SCENARIOS } from "../../scenarios/plans.ts";
import { Failure } from "../failure.ts";
import { isFree } from "../host/ports.ts";
import { versionOfPlimsoll } from "../host/versions.ts";
import { addressOf } from "../influx/address.ts";
import { askDatabase } from "../influx/open-database.ts";
import { bundleOf, k6Binary, ROOT } from "../paths.ts";

interface Finding {
  readonly state: "ok" | "note" | "bad";
  readonly what: string;
  /** What to do about it. */
  readonly todo?: string;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("check this machine and checkout before a run")
    .description(
      "Checks what a run needs; says what to do about what is missing. Exits 1 when a run would fail.",
    )
    .addHelpText("after", "\nExample:\n  npx plimsoll doctor")
    .action(async () => {
      const findings = await examine();
      for (const { state, what, todo } of findings) {
        const mark = {
          ok: styleText("green", "✓"),
          note: styleText("yellow", "!"),
          bad: styleText("red", "✗"),
        }[state];
        process.stdout.write(`  ${mark} ${what}${todo ? `\n    ${todo}` : ""}\n`);
      }
      process.exitCode = findings.some(({ state }) => state === "bad") ? 1 : 0;
    });
}

async function examine(): Promise<Finding[]> {
  return [
    self(),
    ...setUp(),
    node(),
    go(),
    k6(),
    bundles(),
    ...(await ports()),
    openFiles(),
    disk(),
    machine(),
    browser(),
    influxd(),
    ...(await database()),
  ];
}

function self(): Finding {
  return { state: "ok", what: `plimsoll ${versionOfPlimsoll()} (${ROOT})` };
}

/** build/plimsoll.mjs sets up before every command, and lets only this one go on when that fails. */
function setUp(): Finding[] {
  if (process.env.PLIMSOLL_SET_UP !== "failed") return [];
  return [{ state: "bad", what: "the set-up failed, so nothing can run", todo: "its line above says why" }];
}

function node(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  return major >= 24
    ? { state: "ok", what: `Node ${process.version}` }
    : {
        state: "bad",
        what: `Node ${process.version} runs this; it needs 24`,
        todo: "npm run setup brings its own",
      };
}

function go(): Finding {
  try {
    const text = execFileSync("go", ["version"], { encoding: "utf8" });
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(text) ?? [];
    const enough = Number(major) > 1 || Number(minor) >= 25;
    return enough
      ? { state: "ok", what: `Go ${major}.${minor}` }
      : { state: "note", what: `Go ${major}.${minor}; k6 needs 1.25 to be built`, todo: "https://go.dev/dl" };
  } catch {
    const todo = "install Go 1.25 or newer: https://go.dev/dl";
    return { state: "note", what: "no Go: k6 cannot be built again", todo };
  }
}

function k6(): Finding {
  const binary = k6Binary();
  try {
    accessSync(binary, constants.X_OK);
    const text = execFileSync(binary, ["version"], { encoding: "utf8" });
    const what = `k6 ${/v\d[^\s)]*/.exec(text)?.[0]} (${binary})`;
    return text.includes("windows")
      ? { state: "ok", what }
      : {
          state: "bad",
          what: `${what} has no windows output`,
          todo: "plimsoll run needs the k6 of this checkout: unset K6_BIN, npm run setup",
        };
  } catch {
    return { state: "bad", what: `no k6 at ${binary}`, todo: "npm run setup" };
  }
}

function bundles(): Finding {
  const missing = Object.keys(SCENARIOS).filter((name) => !existsSync(bundleOf(name)));
  if (missing.length > 0)
    return { state: "bad", what: `not bundled: ${missing.join(", ")}`, todo: "npm run build" };
  const newestSource = statSync(`${ROOT}/scenarios/plans.ts`).mtimeMs;
  const stale = Object.keys(SCENARIOS).some((name) => statSync(bundleOf(name)).mtimeMs < newestSource);
  return stale
    ? { state: "note", what: "dist/ is older than scenarios/plans.ts", todo: "npm run build" }
    : { state: "ok", what: "dist/ has every scenario" };
}

async function ports(): Promise<Finding[]> {
  const connector = [...CONNECTOR_VARIANTS.map((_, n) => 8080 + n), 8100, 9464];
  const interledger = [0, 1, 2, 3, 4].flatMap((n) => [3000 + n, 9080 + n]).concat(9000);
  const taken: number[] = [];
  for (const port of [...connector, ...interledger]) if (!(await isFree(port))) taken.push(port);
  return taken.length === 0
    ? [
        {
          state: "ok",
          what: "the bundled targets' ports are free (8080-8095, 8100, 9464; 3000-3004, 9000, 9080-9084 on 127.0.0.1)",
        },
      ]
    : [
        {
          state: "bad",
          what: `taken on 127.0.0.1: port ${taken.join(", ")}`,
          todo: "stop what listens there, or run with --port-base",
        },
      ];
}

function openFiles(): Finding {
  try {
    const text = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
    const limit = text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
    return limit >= 4096
      ? { state: "ok", what: `${text} open files a process` }
      : {
          state: "note",
          what: `${text} open files a process; stress opens 2,000 sockets`,
          todo: "ulimit -n 65536",
        };
  } catch {
    return { state: "note", what: "the limit of open files cannot be read" };
  }
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(ROOT);
  const gigabytes = (bavail * bsize) / 1e9;
  return gigabytes >= 2
    ? { state: "ok", what: `${gigabytes.toFixed(0)} GB of disk free` }
    : { state: "bad", what: `${gigabytes.toFixed(1)} GB of disk free; a set-up wants 2` };
}

function machine(): Finding {
  const cores = availableParallelism();
  const gigabytes = freemem() / 1e9;
  const what = `${cores} cores, ${gigabytes.toFixed(0)} GB of memory free`;
  return cores >= 2
    ? { state: "ok", what }
    : {
        state: "note",
        what,
        todo: "with one core, k6 and the target take turns: expect `invalid` at high rates",
      };
}

function browser(): Finding {
  const path = process.env.PLIMSOLL_CHROMIUM || "/usr/bin/chromium";
  return existsSync(path)
    ? { state: "ok", what: `Chromium for the tests of pages (${path})` }
    : {
        state: "note",
        what: "no Chromium: the tests of pages cannot run",
        todo: "sh build/debian.sh chromium, or PLIMSOLL_CHROMIUM=...",
      };
}

function influxd(): Finding {
  const path = process.env.PLIMSOLL_INFLUXD || "/usr/bin/influxd";
  return existsSync(path)
    ? { state: "ok", what: `influxd for the tests of InfluxDB (${path})` }
    : {
        state: "note",
        what: "no influxd: the tests of InfluxDB cannot run",
        todo: "sh build/debian.sh influxdb, or PLIMSOLL_INFLUXD=...",
      };
}

/** The database that PLIMSOLL_INFLUX names; a run makes one that is missing, a look at the machine does not. */
async function database(): Promise<Finding[]> {
  const given = process.env.PLIMSOLL_INFLUX;
  if (given === undefined || given === "") return [];
  try {
    const address = addressOf(given);
    const found = await askDatabase(address);
    const of = `InfluxDB at ${address.shown} (PLIMSOLL_INFLUX)`;
    if (found.state === "ready")
      return [{ state: "ok", what: `${of}, version ${found.version ?? "not told"}` }];
    if (found.state === "missing") return [{ state: "ok", what: `${of}; a run will make the database` }];
    // Of one that only does not answer a run makes do without.
    const state = found.state === "silent" ? "note" : "bad";
    return [{ state, what: `${of}: ${found.why}`, todo: "start or correct it, or unset PLIMSOLL_INFLUX" }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ state: "bad", what: error.message, todo: "unset PLIMSOLL_INFLUX, or correct it" }];
  }
}
