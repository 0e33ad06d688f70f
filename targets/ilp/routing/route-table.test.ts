/** Longest prefix of whole segments, against a reference that tries every route in turn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkAddress } from "../../../wire/address.ts";
import { type Route, RouteError } from "./route.ts";
import { RouteTable } from "./route-table.ts";

const routes = (...prefixes: string[]): Route[] =>
  prefixes.map((prefix) => ({ prefix, peer: `to ${prefix}` }));

/** Looks it up with bytes around it, as in a packet. */
function lookup(table: RouteTable, address: string): string | undefined {
  const bytes = Buffer.from(`.${address}.zz`, "latin1");
  const end = 1 + address.length;
  return table.lookup(bytes, 1, end, checkAddress(bytes, 1, end))?.prefix;
}

test("g.a.b takes g.a.b and what is below it, never g.a.bc", () => {
  const table = new RouteTable(routes("g.a.b", "g.a", "test"));
  for (const [address, prefix] of Object.entries({
    "g.a.b": "g.a.b",
    "g.a.b.c": "g.a.b",
    "g.a.b.c.d-e~f": "g.a.b",
    "g.a.bc": "g.a",
    "g.a.bc.b": "g.a",
    "g.a": "g.a",
    "g.ab": undefined,
    "g.b.a": undefined,
    "test.x": "test",
    "test1.x": undefined,
  }))
    for (const time of ["first", "cached"])
      assert.equal(lookup(table, address), prefix, `${address}, ${time}`);
});

test("the default route takes the rest, and is counted", () => {
  const table = new RouteTable(routes("g.a", ""));
  assert.equal(lookup(table, "g.a.b"), "g.a");
  assert.equal(lookup(table, "g.b"), "");
  assert.equal(table.size, 2);
  assert.equal(lookup(new RouteTable(routes("")), "g.b"), "");
});

test("an empty address has the default route or none", () => {
  const empty = new Uint8Array(0);
  assert.equal(new RouteTable(routes("g.a")).lookup(empty, 0, 0, 0), undefined);
  assert.equal(new RouteTable(routes("g.a", "")).lookup(empty, 0, 0, 0)?.prefix, "");
});

test("no routes at all", () => {
  const table = new RouteTable([]);
  assert.equal(lookup(table, "g.a"), undefined);
  assert.equal(lookup(table, "g.a"), undefined);
  assert.equal(table.size, 0);
});

test("the object that was given comes back", () => {
  const route = { prefix: "g.a", peer: "a", session: new Map() };
  const bytes = Buffer.from("g.a.b");
  assert.equal(new RouteTable([route]).lookup(bytes, 0, bytes.length, 1), route);
});

test("addresses of one cache slot take turns and are never mistaken for each other", () => {
  const table = new RouteTable(routes("g.a", "g.b", "g.b.c"));
  const at = (address: string) => table.lookup(Buffer.from(address), 0, address.length, 7)?.prefix;
  for (const [address, prefix] of [
    ["g.a", "g.a"],
    ["g.b", "g.b"],
    ["g.a", "g.a"],
    ["g.b.c", "g.b.c"],
    ["g.b", "g.b"],
    ["g.b.c", "g.b.c"],
    ["g.c", undefined],
    ["g.b", "g.b"],
  ] as const)
    assert.equal(at(address), prefix);
});

test("an address too long for the cache leaves other slots alone", () => {
  const table = new RouteTable(routes("g.aaa", "g.bbb"));
  const at = (address: string, hash: number) =>
    table.lookup(Buffer.from(address), 0, address.length, hash)?.prefix;
  assert.equal(at("g.aaa", 8), "g.aaa");
  // What would lie in the next slot if it were written whole is another address.
  assert.equal(at(`g.${"z".repeat(125)}.g.bbb.${"z".repeat(60)}`, 7), undefined);
  assert.equal(at("g.bbb", 8), "g.bbb");
});

test("the longest address there is, longer than the cache takes", () => {
  const prefix = `g.${"a.".repeat(508)}b`;
  const table = new RouteTable(routes(prefix, "g.a"));
  assert.equal(lookup(table, `${prefix}.cc`), prefix);
  assert.equal(lookup(table, `${prefix}c.c`), "g.a");
  assert.equal(lookup(table, `g.${"a".repeat(1021)}`), undefined);
});

test("what is no prefix, or there twice, is refused", () => {
  const refused = (code: string, message: RegExp, ...prefixes: string[]) =>
    assert.throws(
      () => new RouteTable(routes(...prefixes)),
      (error) => error instanceof RouteError && error.code === code && message.test(error.message),
      prefixes.join(" "),
    );
  refused("bad-prefix", /"g\.a\." is no prefix.*leave out the period at its end/, "g.a.");
  for (const prefix of ["x", "g..a", ".", "g.ä", "g.a b", "G", `g.${"a".repeat(1022)}`])
    refused("bad-prefix", /is no prefix of ILP addresses: /, "g.a", prefix);
  refused("duplicate-prefix", /^prefix "g\.a" is there twice$/, "g.a", "g.b", "g.a");
  refused("duplicate-prefix", /^the default route is there twice$/, "", "g.b", "");
});

/** Segments out of few letters, so that prefixes and addresses meet often. */
const path = (max: number) =>
  fc
    .tuple(
      fc.constantFrom("g", "test"),
      fc.array(fc.constantFrom("a", "b", "ab", "ba", "c"), { maxLength: max }),
    )
    .map(([scheme, segments]) => [scheme, ...segments].join("."));

test("any routes and addresses: what the naive search finds", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.oneof(path(4), fc.constant("")), { maxLength: 40 }),
      fc.array(path(6), { minLength: 1, maxLength: 60 }),
      (prefixes, addresses) => {
        const table = new RouteTable(routes(...prefixes));
        for (const address of addresses.filter((text) => text.includes("."))) {
          const matching = prefixes.filter(
            (prefix) => prefix === "" || address === prefix || address.startsWith(`${prefix}.`),
          );
          const longest = matching.toSorted((a, b) => b.length - a.length)[0];
          assert.equal(lookup(table, address), longest, `${address} in ${prefixes.join(" ")}`);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a table of 100,000 routes finds each of them", () => {
  const prefixes = Array.from({ length: 100_000 }, (_, i) => `g.n${i % 317}.r${i}`);
  const table = new RouteTable(routes(...prefixes));
  assert.equal(table.size, 100_000);
  for (const prefix of prefixes) assert.equal(lookup(table, `${prefix}.bob`), prefix);
  assert.equal(lookup(table, "g.n1.r0"), undefined);
});
