import assert from "node:assert/strict";
import { test } from "node:test";
import { drawFile } from "../report/charts/draw.ts";
import { flameChart } from "./flame-chart.ts";

const leaf = (name: string, value: number) => ({ name, value, children: [] });
const FLAME = {
  ...leaf("(root)", 1_000),
  children: [{ ...leaf("serve <x> & more", 600), children: [leaf("parse", 300)] }, leaf("tick", 200)],
};

/** Where the boxes of the frames begin, how wide and in which row they are, to a pixel. */
function boxes(svg: string): number[][] {
  return [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)l([\d.]+) 0/g)].map(([, x, y, width]) => [
    Math.round(Number(x)),
    Math.round(Number(y) / 18),
    Math.round(Number(width)),
  ]);
}

test("a frame lies below its caller, as wide as its share of the time, and has its name in it", () => {
  const svg = drawFile(flameChart("A under <stress>", "Main thread, 1 s", FLAME));
  assert.deepEqual(boxes(svg), [
    [0, 0, 1096],
    [0, 1, 657],
    [0, 2, 328],
    [658, 1, 219],
  ]);
  for (const text of ["A under &lt;stress&gt;", "serve &lt;x&gt; &amp; more", ">parse<", ">tick<"])
    assert.ok(svg.includes(text), text);
  assert.doesNotMatch(svg, /<script|<style|serve <x>/);
});

test("thousands of frames are all drawn, those too narrow for a name without", () => {
  const children = Array.from({ length: 4_000 }, (_, i) => leaf(`f${i}`, 1));
  const svg = drawFile(flameChart("A", "Main thread", { ...leaf("(root)", 4_000), children }));
  assert.equal(boxes(svg).length, 4_001);
  assert.ok(!svg.includes(">f1<"));
});

test("a thread that did nothing has an empty picture", () => {
  assert.match(drawFile(flameChart("A", "Main thread", leaf("(root)", 0))), /no data/);
});
