import assert from "node:assert/strict";
import { test } from "node:test";
import { type Profiled, stageTable } from "./stage-table.ts";

/** 1,000 packets in a second: a microsecond a packet is a thousand of the load. */
const PROFILED: Profiled = {
  packets: 1_000,
  seconds: 1,
  mainUs: new Map([
    ["idle", 970_000],
    ["wire", 1_050],
    ["socket", 13_010],
    ["checks", 0],
  ]),
  ledgerUs: new Map([
    ["rows", 2_000],
    ["commit", 24_000],
  ]),
  cpu: {
    ...{ main: 0.0155, workers: 0.0143, others: 0.0018, profiler: 0.0043 },
    ...{ mainDelay: 0.0011, workerDelay: 0.0022 },
  },
};

test("stages of either thread, the longest first, beside what the system counts", () => {
  assert.deepEqual(stageTable(PROFILED), [
    "main thread                                                   us CPU    share",
    "socket       ws, Node's streams, their system calls            13.01   92.5 %",
    "wire         packets and frames read and written                1.05    7.5 %",
    "sum          the sampler saw 14.06, the system counts 15.50    14.06",
    "",
    "ledger thread                                                 us CPU    share",
    "commit       accounts' sums, COMMIT: written and synced        12.30   86.0 %",
    "rows         transfers held and settled: node:sqlite and ours    2.00   14.0 %",
    "sum          the sampler saw 26.00, the system counts 14.30    14.30",
    "",
    "Process: 31.6 us a packet, 0.03 of a core; threads of V8 and libuv 1.8 of it;",
    "the sampler 4.3 more. And no CPU, in us a packet: commits waited 11.7 for",
    "the disk; for a free core the main thread waited 1.1, the ledger's 2.2.",
  ]);
});

test("a system that does not tell is told of, and its tables stand alone", () => {
  const lines = stageTable({ ...PROFILED, cpu: undefined });
  assert.ok(lines.includes("sum          the sampler saw 14.06                             14.06"));
  assert.match(lines.at(-1) ?? "", /^This system does not tell CPU by thread/);
});

test("no line is longer than 80 columns, with long figures too", () => {
  const cpu = { ...PROFILED.cpu!, main: 0.1231, others: 0.0123, mainDelay: 0.1, workerDelay: 0.1 };
  for (const line of [...stageTable(PROFILED), ...stageTable({ ...PROFILED, cpu })])
    assert.ok(line.length <= 80, line);
});
