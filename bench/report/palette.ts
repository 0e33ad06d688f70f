/**
 * Every colour of the report, on white and on near-black. Series colours are from Okabe and Ito's set for all kinds of
 * colour vision (jfly.uni-koeln.de/color), darkened or lightened until they stand out 3:1 from their background
 * (WCAG 1.4.11); a state is never told by colour alone.
 *
 * Charts are drawn once, in the light colours, which therefore must all differ: `themable` then swaps each for the
 * CSS variable of its name, and the page sets those for light and dark.
 */
export const PALETTE = {
  paper: ["#ffffff", "#14171a"],
  ink: ["#1b1f24", "#e8e6e1"],
  muted: ["#5c6570", "#9aa4af"],
  axis: ["#b4bbc3", "#48505a"],
  grid: ["#e7eaed", "#252b31"],
  band: ["#f3f5f7", "#1d2227"],
  p50: ["#0072b2", "#56b4e9"],
  p95: ["#b85c00", "#f0a13a"],
  p99: ["#9b3a78", "#e08fc0"],
  asked: ["#cbd2d9", "#454d56"],
  achieved: ["#00745a", "#2fc39b"],
  vus: ["#6a7581", "#8d98a4"],
  failed: ["#c22f1f", "#ff7a66"],
  dropped: ["#7a5195", "#bd9bd8"],
  target: ["#0b6ea8", "#5ab6ea"],
  k6: ["#b55a04", "#eda03b"],
  bench: ["#727c88", "#8a94a0"],
  knee: ["#e1edf6", "#1b3143"],
  limit: ["#b3261e", "#ff8f80"],
  unclear: ["#a0a8b1", "#626c77"],
  p999: ["#7d6b99", "#a796c4"],
  full: ["#3d3d3d", "#c9c9c9"],
  line1: ["#1a7f4b", "#4cc38a"],
  line2: ["#b3367d", "#e57ab5"],
  line3: ["#6f4fb0", "#a98be0"],
  line4: ["#8a6d00", "#d3b13c"],
  line5: ["#007c89", "#3bbfcd"],
  line6: ["#b0302b", "#f27d72"],
  line7: ["#1f6fb4", "#5aa9e6"],
  line8: ["#c05a00", "#f09a4a"],
  line9: ["#5b6f1f", "#a3b95a"],
  line10: ["#7a4a2b", "#c0906e"],
  line11: ["#4a5a8a", "#8fa0d6"],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type ColourName = keyof typeof PALETTE;

/** Colours of lines whose number is known only when a run is there. */
export const LINES = (Object.keys(PALETTE) as ColourName[]).filter((name) => /^line\d/.test(name));

/** The colour charts are drawn in. */
export function colour(name: ColourName): string {
  return PALETTE[name][0];
}

const NAME_OF = new Map(Object.entries(PALETTE).map(([name, [light]]) => [light as string, name]));

/** An SVG drawn in light colours, with CSS variables (`--p95`) in their place. */
export function themable(svg: string): string {
  // Only whole attributes: in text, quotes are escaped.
  return svg.replace(/"(#[0-9a-f]{6})"/g, (whole, hex: string) => {
    const name = NAME_OF.get(hex);
    return name ? `"var(--${name})"` : whole;
  });
}

/** The CSS declarations of all colours in one theme. */
export function variables(theme: "light" | "dark"): string {
  const index = theme === "light" ? 0 : 1;
  return Object.entries(PALETTE)
    .map(([name, pair]) => `--${name}:${pair[index]}`)
    .join(";");
}
