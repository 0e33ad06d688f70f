import assert from "node:assert/strict";
import { test } from "node:test";
import { startConnectorUnder } from "./testing/connector-process.ts";
import { helloBytes, post, rawClient, SAY_HELLO, scrape, until } from "./testing/requests.ts";

const MIB = 1024 * 1024;

test("a process that is abused round after round keeps nothing of it", async () => {
  const probe = new URL("testing/report-live-bytes.ts", import.meta.url).href;
  await using connector = await startConnectorUnder(
    ["--expose-gc", "--import", probe],
    ...["--variants", "full,none", "--log-level", "silent"],
  );
  const { admin, urls } = connector.ready;
  const { full = "", none = "" } = urls;

  const oversized = `{"name":"${"A".repeat(2 * MIB)}"}`;
  const hostile = [
    "\0".repeat(1000),
    helloBytes("{}", `X-Huge: ${"a".repeat(20_000)}\r\n`),
    `POST ${SAY_HELLO} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nContent-Type: application/json\r\n\r\n{`,
    helloBytes("x".repeat(1000)).slice(0, -500),
    `${helloBytes()}garbage\r\n\r\n`,
    `POST ${SAY_HELLO} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n`,
  ];
  const round = async () => {
    for (let i = 0; i < 10; i++) {
      await Promise.all([
        ...hostile.flatMap((bytes) =>
          [full, none].map(async (url) => {
            const client = await rawClient(url);
            await new Promise((resolve) => client.socket.write(bytes, resolve));
            client.socket.resetAndDestroy();
          }),
        ),
        post(full, oversized).catch(() => {}),
        post(none, "{"),
        post(full, '{"name":""}'),
        fetch(`${none}/nowhere/${i}`),
      ]);
    }
    assert.equal((await post(full, '{"name":"Ada"}')).status, 200);
  };
  const liveBytes = async () => {
    const reports = () => connector.stderr().match(/\{"liveBytes":\d+\}/g) ?? [];
    const seen = reports().length;
    connector.child.kill("SIGUSR2");
    await until("a report", () => reports().length > seen);
    return (JSON.parse(reports().at(-1) ?? "") as { liveBytes: number }).liveBytes;
  };
  // Not prom-client's own: it adds series when it meets a new kind of garbage collection.
  const series = async () =>
    [...(await scrape(admin)).keys()].filter((name) => name.startsWith("connector_")).sort();

  for (let i = 0; i < 5; i++) await round(); // code gets compiled, pools find their size
  const before = { bytes: await liveBytes(), series: await series() };
  for (let i = 0; i < 20; i++) await round();
  const grownBytes = (await liveBytes()) - before.bytes;
  // The 20 rounds were 2,400 broken connections, 400 MB of bodies and 800 refused calls.
  assert.ok(grownBytes < 2 * MIB, `${grownBytes} bytes more are alive`);
  assert.deepEqual(await series(), before.series, "no client can make new time series");
});
