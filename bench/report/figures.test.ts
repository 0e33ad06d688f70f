import assert from "node:assert/strict";
import { test } from "node:test";
import { collector, coursesOf, figuresOf, MOST_LINES, merged } from "./figures.ts";

test("of neighbouring stretches rates add up over their time, means are weighed, the greatest stays", () => {
  const collect = collector();
  const first = collect((put) => {
    put("traffic", "in", 300);
    put("part", "waiting", 2, 30);
    put("rss", "k6", 50);
    put("cpu", "k6", 0.2);
  });
  const second = collect((put) => {
    put("traffic", "in", 100);
    put("part", "waiting", 6, 10);
    put("rss", "k6", 40);
    put("cpu", "k6", 0.4);
  });
  const figures = figuresOf(merged(first, second), 2);
  assert.equal(figures.get("traffic/in"), 200);
  assert.equal(figures.get("part/waiting"), 3);
  assert.equal(figures.get("rss/k6"), 50);
  assert.ok(Math.abs((figures.get("cpu/k6") ?? 0) - 0.3) < 1e-12);
});

test("several series of one second are one figure", () => {
  const cells = collector()((put) => {
    put("outcome", "rejected", 3);
    put("outcome", "rejected", 4);
    put("lag", "p99", 8);
    put("lag", "p99", 5);
  });
  assert.deepEqual(
    [...figuresOf(cells, 1)],
    [
      ["outcome/rejected", 7],
      ["lag/p99", 8],
    ],
  );
});

test("what is not told is no figure: a rate is zero where there was nothing, anything else a gap", () => {
  const collect = collector();
  const stretches = [
    collect((put) => {
      put("heap", "A", null);
      put("heap", "B", 7);
      put("cpu", "A", Number.NaN);
      put("failed-calls", "x", 50, 0);
      put("outcome", "sent", 10);
    }),
    collect((put) => put("outcome", "rejected", 1)),
  ].map((cells) => ({ figures: figuresOf(cells, 1) }));
  assert.deepEqual(coursesOf("outcome", stretches), [
    { name: "sent", values: [10, 0] },
    { name: "rejected", values: [0, 1] },
  ]);
  assert.deepEqual(coursesOf("heap", stretches), [{ name: "B", values: [7, null] }]);
  for (const family of ["cpu", "failed-calls"] as const) assert.deepEqual(coursesOf(family, stretches), []);
});

test("names may hold a slash, and however many there are, so many lines are kept of each family", () => {
  const collect = collector();
  const many = (from: number) =>
    collect((put) => {
      for (let n = from; n < from + MOST_LINES; n++) put("cpu", `a/${n}`, n);
      put("rss", "a/b", 1);
    });
  const stretches = [many(0), many(5)].map((cells) => ({ figures: figuresOf(cells, 1) }));
  const courses = coursesOf("cpu", stretches);
  assert.equal(courses.length, MOST_LINES);
  assert.deepEqual(courses[7], { name: "a/7", values: [7, 7] });
  assert.deepEqual(courses[0], { name: "a/0", values: [0, null] });
  assert.deepEqual(coursesOf("rss", stretches), [{ name: "a/b", values: [1, 1] }]);
});
