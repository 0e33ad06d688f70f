import { createRequire } from "node:module";
import { renderAsync } from "@resvg/resvg-js";

const { resolve } = createRequire(import.meta.url);

/** A bare system has no fonts at all, and text without a font is left out of the image: the project brings its own. */
export const FONT_FILES = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"].flatMap(
  (file) => {
    try {
      return [resolve(`@expo-google-fonts/inter/${file}`)];
    } catch {
      return [];
    }
  },
);

/** Pixels of the image for each of the SVG: sharp on the screens most people have. */
const ZOOM = 2;

export async function png(svg: string): Promise<Uint8Array> {
  const image = await renderAsync(svg, {
    font: {
      loadSystemFonts: FONT_FILES.length === 0,
      fontFiles: FONT_FILES,
      defaultFontFamily: "Inter",
      sansSerifFamily: "Inter",
    },
    fitTo: { mode: "zoom", value: ZOOM },
    logLevel: "off",
  });
  return image.asPng();
}
