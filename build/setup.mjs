#!/usr/bin/env node
/**
 * Sets the checkout up: dependencies from the lockfile (with them the Node that everything else runs on), k6 with our
 * output, the bundles. Runs under any Node >= 20 on a machine that has nothing else but npm and Go >= 1.25.
 *
 * Each step keeps a stamp of what it was made from and is skipped while that has not changed; a stamp is written
 * when its step is whole, so an interrupted set-up does again only the steps it was at. Packages, k6 and what Debian has are
 * fetched side by side.
 *
 *   node build/setup.mjs           what a run needs
 *   node build/setup.mjs --test    and what the tests need: k6 as it is without our output, and, on a Debian where we may
 *                                  install them, a browser and an InfluxDB
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const CACHE = join(ROOT, ".cache");
const BIN = join(ROOT, "node_modules", ".bin");
const LOCK = join(CACHE, "setup.lock");

/** Stops with one line that says what to do. */
class SetupError extends Error {}

const tests = process.argv.includes("--test");
/** Aborted with the first error; who works beside it stops. */
const failure = new AbortController();

try {
  await withLock(async () => {
    await together(dependenciesAndBundles, k6, ...(tests ? [debianPackages] : []));
  });
} catch (error) {
  if (error.code === "ENOSPC") {
    process.stderr.write("set-up: the disk is full; set-up needs about 2 GB\n");
    process.exit(1);
  }
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`set-up: ${error.message}\n`);
  process.exit(1);
}

/** Runs jobs side by side. When one fails the others are stopped, and its error is thrown once they have ended. */
async function together(...jobs) {
  const watched = jobs.map((job) =>
    job().catch((error) => {
      failure.abort(error);
    }),
  );
  await Promise.all(watched);
  failure.signal.throwIfAborted();
}

async function dependenciesAndBundles() {
  await step("dependencies", "node_modules/.plimsoll", [join(ROOT, "package-lock.json")], installPackages);
  const rooms = ["wire", "scenarios", "targets", join("bench", "profile", "browser")];
  const sources = rooms.flatMap((room) => filesBelow(join(ROOT, room), /\.ts$/));
  // Targets are bundled with their packages, so a new lockfile is a new bundle.
  const inputs = [...sources, join(ROOT, "build", "bundle.ts"), join(ROOT, "package-lock.json")];
  await step("bundles", "dist/.stamp", inputs, bundle);
}

async function k6() {
  if (process.env.K6_BIN) return say(`k6: ${process.env.K6_BIN} (K6_BIN)`);
  const sources = filesBelow(join(ROOT, "build", "k6"), /(\.go|go\.mod|go\.sum)$/);
  await step("k6", ".cache/k6.stamp", sources, (report) => buildK6(report, "k6", "."));
  // Of the same packages, which are compiled now: some seconds.
  const versions = sources.filter((file) => /go\.(mod|sum)$/.test(file));
  if (tests)
    await step("stock k6", ".cache/k6-stock.stamp", versions, (report) =>
      buildK6(report, "k6-stock", "go.k6.io/k6/v2"),
    );
}

/** Runs `make` unless the stamp says that it was made from the same inputs. */
async function step(name, stampFile, inputs, make) {
  const stamp = join(ROOT, stampFile);
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of inputs.sort()) hash.update(relative(ROOT, file)).update(readFileSync(file));
  const digest = hash.digest("hex");
  if (readable(stamp) === digest && made(name)) return;
  const started = Date.now();
  rmSync(stamp, { force: true });
  await make((line) => say(`${name}: ${line}`));
  mkdirSync(join(stamp, ".."), { recursive: true });
  writeFileSync(`${stamp}.new`, digest);
  renameSync(`${stamp}.new`, stamp);
  say(`${name}: done in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** A stamp alone is not enough: what it stands for may have been deleted by hand. */
function made(name) {
  if (name === "dependencies") return existsSync(join(BIN, "node"));
  if (name === "k6") return existsSync(join(CACHE, "k6"));
  if (name === "stock k6") return existsSync(join(CACHE, "k6-stock"));
  const targets = readdirSync(join(ROOT, "targets")).filter((it) =>
    existsSync(join(ROOT, "targets", it, "main.ts")),
  );
  const outputs = [
    "basic-load.js",
    "pages/flame-graph.js",
    ...targets.map((target) => `targets/${target}.mjs`),
  ];
  return outputs.every((file) => existsSync(join(ROOT, "dist", file)));
}

async function installPackages(report) {
  report("npm ci (some 630 MB, its own Node among them)");
  // Under --loglevel=error npm keeps quiet about packages that ask for a newer Node than the one that installs them.
  await command("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {}, "npm ci");
  if (!existsSync(join(BIN, "node"))) {
    throw new SetupError(
      `there is no Node 24 package for ${process.platform} ${process.arch}; install Node 24 by hand and link it to node_modules/.bin/node`,
    );
  }
}

/** Builds a command of build/k6's module, or of one that it requires, into .cache. */
async function buildK6(report, name, pkg) {
  const version = spawnSync("go", ["version"], { encoding: "utf8" });
  if (version.error)
    throw new SetupError("Go is missing: install Go 1.25 or newer (https://go.dev/dl), or set K6_BIN");
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version.stdout) ?? [];
  if (Number(major) === 1 && Number(minor) < 25) {
    throw new SetupError(`Go ${major}.${minor} is too old: k6 needs Go 1.25 or newer (https://go.dev/dl)`);
  }
  report(name === "k6" ? "go build (two minutes the first time)" : "go build");
  const fresh = join(CACHE, `${name}.new-${process.pid}`);
  try {
    const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", fresh, pkg];
    await command(
      "go",
      args,
      { cwd: join(ROOT, "build", "k6"), env: { ...process.env, CGO_ENABLED: "0" } },
      "go build",
    );
    renameSync(fresh, join(CACHE, name));
  } finally {
    rmSync(fresh, { force: true });
  }
}

async function bundle() {
  await command(join(BIN, "node"), [join(ROOT, "build", "bundle.ts")], {}, "bundling");
}

/**
 * Pages are tested in a real browser, points in a real database. Where apt and root are at hand we fetch what is missing,
 * elsewhere we say how.
 */
async function debianPackages() {
  const missing = [
    {
      name: "chromium",
      path: process.env.PLIMSOLL_CHROMIUM || "/usr/bin/chromium",
      tests: "pages",
      variable: "PLIMSOLL_CHROMIUM",
    },
    {
      name: "influxdb",
      path: process.env.PLIMSOLL_INFLUXD || "/usr/bin/influxd",
      tests: "InfluxDB",
      variable: "PLIMSOLL_INFLUXD",
    },
  ].filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    for (const { name, path, tests, variable } of missing)
      say(`no ${path}: the tests of ${tests} will be skipped. Install ${name}, or set ${variable}`);
    return;
  }
  const names = missing.map(({ name }) => name);
  say(`${names.join(", ")}: sh build/debian.sh ${names.join(" ")}`);
  // dpkg that is stopped in the middle has to be mended by hand, so it may end.
  const options = { patient: true };
  await command("sh", [join(ROOT, "build", "debian.sh"), ...names], options, "build/debian.sh");
}

/** Runs a command quietly; when it fails, its last words are told in one line. One that is not patient stops with the others. */
function command(file, args, { patient = false, ...options }, name) {
  failure.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // In a group of its own: Ctrl-C on the terminal reaches it once, through us, and what it started with it.
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      ...options,
    });
    const signalAll = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It is gone already.
      }
    };
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output = (output + chunk).slice(-64_000);
      });
    }
    let stopped = false;
    let firstMs = 0;
    const stop = () => {
      // The terminal and whoever started us may both pass one Ctrl-C on.
      if (stopped && performance.now() - firstMs < 100) return;
      if (!stopped) say(`stopping ${name}; again stops it at once`);
      // npm takes its time over SIGINT; go cleans up on either.
      signalAll(stopped ? "SIGKILL" : "SIGTERM");
      firstMs = performance.now();
      stopped = true;
    };
    const orphan = () => signalAll("SIGKILL");
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, stop);
    process.once("exit", orphan);
    const failed = () => signalAll("SIGTERM");
    if (!patient) failure.signal.addEventListener("abort", failed);
    const group = join(LOCK, `group-${child.pid}`);
    const settled = () => {
      failure.signal.removeEventListener("abort", failed);
      for (const signal of signals) process.off(signal, stop);
      process.off("exit", orphan);
      rmSync(group, { force: true });
    };
    try {
      if (child.pid) writeFileSync(group, "");
    } catch (error) {
      // A full disk: whoever waits for the lock must not find it at work.
      orphan();
      settled();
      return reject(error);
    }
    child.once("error", (error) => {
      settled();
      reject(new SetupError(`${name} cannot be started: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      settled();
      if (signal || stopped)
        return reject(new SetupError(`${name} was stopped; the next set-up does it again`));
      if (code === 0) return resolve();
      reject(new SetupError(explain(output, name, code)));
    });
  });
}

function explain(output, name, code) {
  if (/ENOSPC|no space left on device/i.test(output)) {
    return `${name}: the disk is full; set-up needs about 2 GB (here, in the npm cache and in Go's)`;
  }
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|dial tcp|no such host/i.test(output)) {
    return `${name}: a package registry cannot be reached; check the network or your proxy settings`;
  }
  const log = join(CACHE, "setup.log");
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(log, output);
  } catch {
    // The last line is told all the same.
  }
  const last =
    output
      .trim()
      .split("\n")
      .filter((line) => !/complete log|npm help/.test(line))
      .at(-1) ?? "";
  return `${name} ended with ${code}: ${last.trim()} (all of it in ${relative(process.cwd(), log)})`;
}

/** One set-up at a time: `npm start` and `npm test` may be typed in two terminals. */
async function withLock(work) {
  mkdirSync(CACHE, { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if (error.code === "ENOSPC") throw new SetupError("the disk is full; set-up needs about 2 GB");
      if (error.code !== "EEXIST") throw new SetupError(`cannot write here: ${error.message}`);
    }
    if (stale()) {
      rmSync(LOCK, { recursive: true, force: true });
      continue;
    }
    if (!waited) say("another set-up is at work; waiting for it");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  writeFileSync(join(LOCK, "pid"), String(process.pid));
  const release = () => {
    if (readable(join(LOCK, "pid")) === String(process.pid)) rmSync(LOCK, { recursive: true, force: true });
  };
  process.once("exit", release);
  await work();
}

function stale() {
  const pid = Number(readable(join(LOCK, "pid")));
  if (!pid) return olderThan(LOCK, 5_000);
  // A set-up that was killed may have left its npm or go at work.
  return !runs(pid) && !groups().some((group) => runs(-group));
}

/** Leaders of the groups of processes that whoever holds the lock has started. */
function groups() {
  try {
    return readdirSync(LOCK).flatMap((file) => (file.startsWith("group-") ? [Number(file.slice(6))] : []));
  } catch {
    return [];
  }
}

/** Whether a process, or with a minus a group of them, is there. */
function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function olderThan(path, ms) {
  try {
    return Date.now() - statSync(path).mtimeMs > ms;
  } catch {
    return false;
  }
}

function filesBelow(folder, pattern) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function readable(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}
