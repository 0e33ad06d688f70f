/** What of a name survives line protocol and a real influxd. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { addressOf } from "./address.ts";
import { storable, storableMeasurement } from "./names.ts";
import { type InfluxPoint, lineOf, pointOf } from "./point.ts";
import { createDatabase, write } from "./server.ts";
import { type Influxd, noInfluxd, unstartedInfluxd } from "./testing/influxd.ts";
import { dump, ordered, query } from "./testing/query.ts";

let server: Influxd | undefined;
before(async () => {
  if (noInfluxd) return;
  server = await unstartedInfluxd();
  await server.start();
});
after(() => server?.remove());

/** Writes points into a database of their own, and reads back all that is there. */
async function roundTrip(points: readonly InfluxPoint[]): Promise<InfluxPoint[]> {
  const origin = server?.origin as string;
  const address = addressOf(`${origin}/names`);
  await query(origin, "DROP DATABASE names");
  await createDatabase(address, AbortSignal.timeout(5_000));
  const lines = points.map((point) => lineOf(point) as string);
  const { status, error } = await write(address, lines, AbortSignal.timeout(5_000));
  assert.equal(status, 204, error);
  return dump(origin, "names");
}

/** A stand-in back to what it stands for. */
function original(name: string): string {
  return name
    .replace(/[\u2400-\u241f]/g, (picture) => String.fromCharCode(picture.charCodeAt(0) - 0x2400))
    .replaceAll("␡", "\u007f")
    .replaceAll("＼", "\\")
    .replaceAll("＃", "#");
}

const AWKWARD = [
  "two words",
  " at both ends ",
  "a,b",
  "a=b",
  'say "hello"',
  "it's",
  "Grüße, 世界 😀",
  "two\nlines",
  "two\r\nlines",
  "a\ttab",
  "C:\\path\\file",
  "ends in \\",
  "ends in two \\\\",
  "backslash \\ space",
  "backslash\\,comma",
  "backslash\\=equals",
  "\\",
  "# no comment",
  "=",
  ",",
  "\\n",
  "nul \u0000 bell \u0007 delete \u007f",
  "line\u2028separator",
  "`tick` <b> $x",
];

for (const name of AWKWARD) {
  test(`${JSON.stringify(name)} is read back as the name of a measurement, of a tag, and as its value`, {
    skip: noInfluxd,
  }, async () => {
    const point = pointOf(name, { [name]: name, run: "r" }, { value: 1, text: name }, 1_000);
    const [read, ...more] = await roundTrip([point]);
    assert.deepEqual(more, []);
    assert.equal(original(read?.measurement as string), name);
    assert.deepEqual(
      Object.entries(read?.tags ?? {})
        .map((pair) => pair.map(original))
        .sort(),
      [
        [name, name],
        ["run", "r"],
      ].sort(),
    );
    assert.deepEqual(read?.fields, { value: 1, text: name }, "a string field needs no stand-in");
  });
}

/** Names of anything: escapes come together more often than by chance. */
const names = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(..."ab,= \\\"'\n\r\t#😀"), minLength: 1, maxLength: 8 }),
);

const points: fc.Arbitrary<InfluxPoint> = fc
  .record({
    measurement: names,
    tags: fc.dictionary(names, names, { maxKeys: 4, noNullPrototype: true }),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }),
    text: fc.string({ unit: "binary", maxLength: 20 }),
  })
  .map(({ measurement, tags, number, text }) =>
    // InfluxDB has no negative zero.
    pointOf(measurement, tags, { number: number + 0, text }, 0),
  );

test("whatever a point's names and values are, influxd holds it as we do", { skip: noInfluxd }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(points, { minLength: 1, maxLength: 60 }), async (all) => {
      const apart = all.map((point, at) => ({ ...point, atMs: at }));
      assert.deepEqual(await roundTrip(apart), ordered(apart));
    }),
    { numRuns: 40 },
  );
});

test("a name that InfluxDB can hold is left as it is, and a storable one stays storable", () => {
  fc.assert(
    fc.property(names, (name) => {
      assert.equal(storable(storable(name)), storable(name));
      if (!/[\p{Cc}\p{Cs}\\]/u.test(name)) assert.equal(storable(name), name);
    }),
  );
  assert.equal(storableMeasurement("latency"), "latency");
});

test("different names stay different", () => {
  const stored = new Set(AWKWARD.map(storable));
  assert.equal(stored.size, AWKWARD.length);
});
