/** The script of the flame graph's page; bundled into dist/ and from there into each page, so that a page needs no network. */
import flamegraph from "d3-flame-graph";
import { select } from "d3-selection";
import type { Flame } from "../flame.ts";

/** What of a browser is used here; the rest of the house has none. */
interface Element {
  readonly clientWidth: number;
  textContent: string;
  value: string;
  addEventListener(event: string, listener: () => void): void;
}
declare const document: { querySelector(selector: string): Element };
declare const window: { addEventListener(event: string, listener: () => void): void };

const find = (selector: string) => document.querySelector(selector);
const flame = JSON.parse(find("#flame").textContent) as Flame;
const graph = find("#graph");
const details = find("#details");
const total = flame.value;

const inMs = (us: number) => `${(us / 1000).toLocaleString("en", { maximumFractionDigits: 1 })} ms`;
const inPercent = (us: number) => `${((100 * us) / total).toFixed(1)} %`;

const chart = flamegraph()
  .width(graph.clientWidth)
  .cellHeight(18)
  .minFrameSize(1)
  .transitionDuration(150)
  .inverted(true)
  .setDetailsElement(details)
  .label(({ data }) => `${data.name}: ${inMs(data.value)}, ${inPercent(data.value)} of the time at work`);

select("#graph").datum(flame).call(chart);

const search = find("#search");
search.addEventListener("input", () => {
  if (search.value === "") chart.clear();
  else chart.search(search.value);
});
find("#reset").addEventListener("click", () => chart.resetZoom());
window.addEventListener("resize", () => {
  chart.width(graph.clientWidth);
  chart.update();
});
