import type { Chart, Size } from "../report/charts/chart.ts";
import { colour } from "../report/palette.ts";
import type { Flame } from "./flame.ts";

const ROW = 18;
/** Between frames, so that two of one colour are two. */
const GAP = 0.5;
const TEXT_PX = 11;
/** A frame with less room than this for its name goes without. */
const LEAST_TEXT = 24;
/** Of a frame's width that its name may take, by the drawing's idea of the font; a viewer's own may be wider. */
const TEXT_SHARE = 0.8;

/** A frame in its place: shares of the width, and the row counted from the top. */
interface Placed {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

/** A flame graph that stands still, for where no script runs: callers above what they call. */
export function flameChart(title: string, subtitle: string, flame: Flame): Chart {
  const frames = placed(flame);
  return {
    id: "flame",
    title,
    note: subtitle,
    description: `A flame graph of ${frames.length} frames; ${subtitle}`,
    wide: true,
    height: ROW * (1 + Math.max(...frames.map(({ row }) => row))),
    option: flame.value > 0 ? (size) => option(frames, size) : undefined,
  };
}

/** Children side by side below their parent, from its left; what is left free on the right is its own time. */
function placed(flame: Flame): Placed[] {
  const frames: Placed[] = [];
  const place = ({ name, value, children }: Flame, from: number, row: number) => {
    frames.push({ name, from, to: from + value / (flame.value || 1), row });
    let at = from;
    for (const child of children) {
      place(child, at, row + 1);
      at += child.value / (flame.value || 1);
    }
  };
  place(flame, 0, 0);
  return frames;
}

function option(frames: readonly Placed[], { width }: Size) {
  return {
    series: [
      {
        type: "custom",
        coordinateSystem: "none",
        silent: true,
        // All of them at once: a still picture has no next frame for the rest.
        progressive: 0,
        data: frames.map((_, i) => i),
        renderItem: ({ dataIndex }: { dataIndex: number }) => drawn(frames[dataIndex] as Placed, width),
      },
    ],
  };
}

function drawn({ name, from, to, row }: Placed, of: number) {
  const [x, width] = [from * of, Math.max(GAP, (to - from) * of - GAP)];
  return {
    type: "rect",
    shape: { x, y: row * ROW, width, height: ROW - GAP },
    style: { fill: warm(name) },
    ...(width >= LEAST_TEXT && {
      textContent: {
        style: {
          text: name,
          fill: colour("ink"),
          fontSize: TEXT_PX,
          width: TEXT_SHARE * width,
          overflow: "truncate",
        },
      },
      textConfig: { position: "insideLeft", distance: 3 },
    }),
  };
}

/** A function has one colour wherever it is; the colours themselves say nothing. */
function warm(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) as number)) % 65_521;
  return `rgb(255,${170 + (hash % 60)},${110 + (hash % 50)})`;
}
