import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { Counter, Registry } from "prom-client";
import { readMetrics, scrape } from "./scrape.ts";

const PAGE = `# HELP nodejs_heap_size_used_bytes Process heap size used from Node.js in bytes.
# TYPE nodejs_heap_size_used_bytes gauge
nodejs_heap_size_used_bytes 31457280
nodejs_heap_size_limit_bytes 4345298944
nodejs_eventloop_lag_p99_seconds 0.0123
# HELP connector_requests_total Requests
connector_requests_total{variant="none",code="ok"} 90
connector_requests_total{variant="none",code="internal"} 10
connector_requests_total{variant="full",code="ok"} 50
connector_cpu_seconds_total{variant="none"} 0.25
connector_cpu_seconds_total{variant="full"} 1.5e-1
`;

test("heap, event loop, requests and CPU by variant are read from a target's page", () => {
  assert.deepEqual(readMetrics(PAGE), {
    heapBytes: 31_457_280,
    heapLimitBytes: 4_345_298_944,
    eventLoopDelayMs: 12.3,
    requests: 150,
    variants: { none: { cpuSeconds: 0.25, requests: 100 }, full: { cpuSeconds: 0.15, requests: 50 } },
    packets: undefined,
    connector: undefined,
  });
});

test("packets are summed over peers and codes", () => {
  const page = `ilp_packets_total{peer="alice",outcome="received"} 1000
ilp_packets_total{peer="alice",outcome="fulfilled"} 990
ilp_packets_total{peer="alice",outcome="rejected",code="T04"} 7
ilp_packets_total{peer="alice",outcome="rejected",code="F02"} 3
ilp_packets_total{peer="bob",outcome="received"} 1
ilp_packets_total{peer="bob",outcome="forwarded"} 990
`;
  assert.deepEqual(readMetrics(page).packets, { received: 1001, fulfilled: 990, rejected: 10 });
});

test("lines that end as on Windows read the same", () => {
  assert.deepEqual(readMetrics(PAGE.replaceAll("\n", "\r\n")), readMetrics(PAGE));
});

const NOTHING = {
  heapBytes: undefined,
  heapLimitBytes: undefined,
  eventLoopDelayMs: undefined,
  requests: undefined,
  variants: null,
  packets: undefined,
  connector: undefined,
};

for (const [what, page] of [
  ["an empty page", ""],
  ["a page of something else", "<html><body>nodejs_heap_size_used_bytes 5</body></html>"],
  [
    "metrics whose names only begin alike",
    "connector_requests_total_created 5\nnodejs_heap_size_used_bytes_max 7\n",
  ],
  ["help and type lines", "# HELP connector_requests_total 5\n# TYPE connector_requests_total counter\n"],
  ["values that are no numbers", "connector_requests_total NaN\nnodejs_heap_size_used_bytes +Inf\n"],
  ["a name without a value", "connector_requests_total\nconnector_requests_total{}\n"],
  ["a line cut in its labels", 'connector_requests_total{variant="no'],
] as const) {
  test(`${what} tells nothing`, () => {
    assert.deepEqual(readMetrics(page), NOTHING);
  });
}

test("a time stamp behind the value is not the value", () => {
  const page =
    'connector_requests_total{variant="none"} 5 1795255200000\nnodejs_heap_size_used_bytes 7 1795255200000\n';
  const { requests, heapBytes } = readMetrics(page);
  assert.deepEqual([requests, heapBytes], [5, 7]);
});

test("a variant that used CPU and says nothing of requests has none", () => {
  assert.deepEqual(readMetrics('connector_cpu_seconds_total{variant="none"} 2\n').variants, {
    none: { cpuSeconds: 2, requests: 0 },
  });
});

test("CPU without a variant is no variant's", () => {
  assert.equal(readMetrics("connector_cpu_seconds_total 2\n").variants, null);
});

for (const [what, labels] of [
  ["a brace", '{path="/a}b",variant="none"}'],
  ["spaces and a number", '{path="x} 99 y",variant="none"}'],
  ["an escaped quote", '{path="\\"",variant="none"}'],
  ["an escaped backslash at its end", '{path="\\\\",variant="none"}'],
  ["something that looks like a variant", '{path="variant=\\"full\\"",variant="none"}'],
  ["commas and equal signs", '{path="a,b=c",variant="none"}'],
] as const) {
  test(`a label that holds ${what} hides neither the value nor the variant`, () => {
    const page = `connector_requests_total${labels} 3\nconnector_cpu_seconds_total${labels} 1\n`;
    assert.deepEqual(readMetrics(page), {
      ...NOTHING,
      requests: 3,
      variants: { none: { cpuSeconds: 1, requests: 3 } },
    });
  });
}

test("a label whose name only ends in variant is not the variant", () => {
  const page = 'connector_cpu_seconds_total{old_variant="full",variant="none"} 1\n';
  assert.deepEqual(Object.keys(readMetrics(page).variants ?? {}), ["none"]);
});

test("a variant named like a part of every object is a variant like others", () => {
  const { variants } = readMetrics('connector_cpu_seconds_total{variant="__proto__"} 1\n');
  assert.deepEqual(Object.entries(variants ?? {}), [["__proto__", { cpuSeconds: 1, requests: 0 }]]);
});

test("whatever prom-client writes in labels, the requests add up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: "binary-ascii", maxLength: 12 }), fc.nat(1_000)), {
        minLength: 1,
        maxLength: 8,
      }),
      async (calls) => {
        const registry = new Registry();
        const requests = new Counter({
          name: "connector_requests_total",
          help: "x",
          labelNames: ["path", "variant"],
          registers: [registry],
        });
        for (const [path, n] of calls) requests.inc({ path, variant: "none" }, n);
        const expected = calls.reduce((sum, [, n]) => sum + n, 0);
        assert.equal(readMetrics(await registry.metrics()).requests, expected);
      },
    ),
  );
});

test("any bytes are read without a fault", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (rest) => {
      readMetrics(`connector_requests_total${rest}\nconnector_cpu_seconds_total{${rest}`);
    }),
  );
});

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a target's page is at /metrics of its admin address", async (t) => {
  const url = await serve(t, (request, answer) => answer.end(request.url === "/metrics" ? PAGE : ""));
  assert.equal((await scrape(url))?.requests, 150);
});

for (const [what, answer] of [
  ["answers with an error", (_, to) => to.writeHead(500).end(PAGE)],
  ["hangs up", (_, to) => to.destroy()],
  ["never ends its answer", (_, to) => to.write(PAGE)],
  [
    "announces more than a page of metrics",
    (_, to) => to.writeHead(200, { "content-length": 5 << 20 }).write(PAGE),
  ],
] satisfies readonly [string, RequestListener][]) {
  test(`a target that ${what} is not waited for, and tells nothing`, async (t) => {
    assert.equal(await scrape(await serve(t, answer)), undefined);
  });
}

test("a page without an announced length is read only up to its limit", async (t) => {
  const line = `connector_requests_total{variant="none"} 1 ${"#".repeat(1 << 16)}\n`;
  let sent = 0;
  const url = await serve(t, (_, to) => {
    // More than any machine can read in time, sent as fast as it is read.
    const more = () => {
      while (sent < 64 << 20) {
        sent += line.length;
        if (!to.write(line)) return;
      }
      to.end();
    };
    to.on("drain", more);
    more();
  });
  assert.equal(await scrape(url), undefined);
  assert.ok(sent < 32 << 20, `${(sent / (1 << 20)).toFixed(0)} MiB were read`);
});

test("where nothing listens there is nothing to read", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<unknown>((resolve) => server.close(resolve));
  t.diagnostic(`port ${port}`);
  assert.equal(await scrape(`http://127.0.0.1:${port}`), undefined);
  assert.equal(await scrape("not a url"), undefined);
});
