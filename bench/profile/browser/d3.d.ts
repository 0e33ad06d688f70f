/** The part of the two packages that the page uses; their own types want those of a whole browser. */
declare module "d3-flame-graph" {
  interface FlameGraph {
    (selection: unknown): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    /** Frames narrower than this are not drawn. */
    minFrameSize(pixels: number): this;
    transitionDuration(ms: number): this;
    inverted(icicle: boolean): this;
    setDetailsElement(element: unknown): this;
    label(text: (frame: { data: { name: string; value: number } }) => string): this;
    search(text: string): void;
    clear(): void;
    resetZoom(): void;
    update(): void;
  }
  export default function flamegraph(): FlameGraph;
}

declare module "d3-selection" {
  interface Selection {
    datum(value: unknown): this;
    call(what: (selection: unknown) => void): this;
  }
  export function select(selector: string): Selection;
}
