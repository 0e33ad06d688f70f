import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { FONT_FILES, png } from "./png.ts";

const SVG = (text: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><rect width="200" height="40" fill="#fff"/><text x="4" y="28" font-size="20" font-family="system-ui, Inter, sans-serif">${text}</text></svg>`;

test("the project's own fonts are found", () => {
  assert.equal(FONT_FILES.length, 2);
});

test("an image is a PNG of twice the size", async () => {
  const bytes = await png(SVG("p95"));
  assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [400, 80]);
});

test("text is drawn with no font of the system: µ, ≤ and − as well", () => {
  for (const text of ["p95", "µ", "≤", "−", "–"]) {
    const { pixels } = new Resvg(SVG(text), {
      font: { loadSystemFonts: false, fontFiles: FONT_FILES },
    }).render();
    const dark = pixels.filter((value, i) => i % 4 === 0 && value < 128).length;
    assert.ok(dark > 5, `${text}: ${dark} dark pixels`);
  }
});
