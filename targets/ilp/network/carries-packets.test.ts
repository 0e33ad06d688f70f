import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { freeBase } from "../testing/free-base.ts";
import { type Sender, startSender } from "../testing/sender.ts";

interface Ready {
  readonly urls: { readonly ilp: string };
  readonly env: { readonly DESTINATION: string };
  readonly members: Readonly<Record<string, { readonly pid: number; readonly admin?: string }>>;
  readonly readyMs: number;
}

const MAIN = join(import.meta.dirname, "..", "main.ts");

async function network(
  t: TestContext,
  nodes: number,
  base?: number,
): Promise<{ ready: Ready; child: ChildProcess; alice: Sender }> {
  const args = ["--nodes", String(nodes), "--port-base", String(base ?? (await freeBase()))];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the network ended with ${code} before it was ready`);
  });
  ended.catch(() => {});
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended])) as [
    string,
  ];
  const ready = JSON.parse(line) as Ready;
  const alice = await startSender(ready.urls.ilp, "alice-token");
  t.after(() => alice.close());
  const deadline = Date.now() + 5_000;
  while (!alice.up && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  return { ready, child, alice };
}

for (const nodes of [1, 5]) {
  test(`a network of ${nodes} carries packets to bob and their Fulfills back, and counts them alike everywhere`, async (t) => {
    const { ready, alice } = await network(t, nodes);
    assert.ok(ready.readyMs < 30_000);
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => alice.send({ destination: `${ready.env.DESTINATION}.wallet` })),
    );
    assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(["fulfill"]));
    const connectors = Object.entries(ready.members).filter(([, { admin }]) => admin !== undefined);
    assert.equal(connectors.length, nodes);
    for (const [name, { admin }] of connectors) {
      const metrics = await (await fetch(`${admin}/metrics`)).text();
      const fulfilled = [...metrics.matchAll(/^ilp_packets_total\{[^}]*outcome="fulfilled"[^}]*\} (\d+)/gm)];
      assert.equal(
        fulfilled.reduce((sum, [, n]) => sum + Number(n), 0),
        500,
        name,
      );
      const health = (await (await fetch(`${admin}/health`)).json()) as { held: number };
      assert.equal(health.held, 0, `${name} holds nothing any more`);
    }
  });
}

test("a network begins with an empty ledger, whatever one before it left behind", async (t) => {
  const first = await network(t, 1);
  assert.equal(
    (await first.alice.send({ destination: `${first.ready.env.DESTINATION}.wallet` })).kind,
    "fulfill",
  );
  const base = Number(new URL(first.ready.urls.ilp).port);
  await first.alice.close();
  first.child.kill("SIGTERM");
  await once(first.child, "exit");
  const { ready } = await network(t, 1, base);
  const metrics = await (await fetch(`${ready.members.A?.admin}/metrics`)).text();
  assert.match(metrics, /^ilp_peer_owes_units\{peer="alice"\} 0$/m);
});

test("what cannot be carried is refused by the node that saw it, with the code of the RFC", async (t) => {
  const { ready, alice } = await network(t, 5);
  const to = `${ready.env.DESTINATION}.wallet`;
  assert.deepEqual(await alice.send({ destination: "test.nowhere.at.all" }), {
    kind: "reject",
    code: "F02",
    triggeredBy: "test.a",
  });
  assert.deepEqual(await alice.send({ destination: to, secret: "another" }), {
    kind: "reject",
    code: "F05",
    triggeredBy: "test.e",
  });
  const late = await alice.send({ destination: to, expiresInMs: 3_200 });
  assert.equal(late.code, "R02");
  assert.match(
    late.triggeredBy ?? "",
    /^test\.[b-e]$/,
    "each hop takes its margin: one of them finds too little",
  );
  const greedy = await alice.send({ destination: to, amount: 2 ** 52 });
  assert.equal(greedy.code, "F08");
});

test("a port that is taken is one line with the port and its holder, and exit code 2", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as { port: number };
  // Of a node's two ports the second: its admin port is 6,080 above the first.
  const child = spawn(process.execPath, [MAIN, "--port-base", String(port - 6_080)]);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  holder.close();
  assert.equal(code, 2);
  assert.match(said, new RegExp(`^error: port ${port} is taken[^\\n]*\\n$`));
  if (process.platform === "linux") assert.match(said, new RegExp(`by process ${process.pid} `));
});

test("a port that HTTP clients refuse to ask is wrong usage, told at once", async () => {
  // 10080, 6,080 above the first of a node's two ports, is on the Fetch Standard's list.
  const child = spawn(process.execPath, [MAIN, "--port-base", "4000"]);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 2, said);
  assert.match(said, /error: HTTP clients refuse to ask http:\/\/127\.0\.0\.1:10080: choose other ports/);
});
