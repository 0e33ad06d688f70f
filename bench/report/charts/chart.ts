import type { EChartsCoreOption } from "echarts";

/** Where and how large a chart is drawn. */
export interface Size {
  readonly width: number;
  readonly height: number;
  /** A phone: fewer ticks, shorter labels. */
  readonly narrow: boolean;
}

/** A chart as data: what it says in words, and how to draw it at a size. */
export interface Chart {
  /** Name of its files, `graphs/<id>.svg`. */
  readonly id: string;
  readonly title: string;
  /** One line under the title: what to look for, or that there is nothing. */
  readonly note: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  /** Takes the whole width of the page instead of half. */
  readonly wide: boolean;
  /** Undefined when there is nothing to draw. */
  readonly option: ((size: Size) => EChartsCoreOption) | undefined;
  /** Height in pixels where it is not the usual one. */
  readonly height?: number;
  /** The same on a phone. */
  readonly phoneHeight?: number;
}
