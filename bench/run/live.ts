import { stripVTControlCharacters, styleText } from "node:util";
import { createLogUpdate } from "log-update";
import type { Plan } from "../../scenarios/lib/plan.ts";
import type { Progress } from "./progress.ts";

/** Where a run shows how it goes. */
export interface LiveView {
  readonly show: (progress: Progress) => void;
  /** A line that stays. */
  readonly say: (line: string) => void;
  readonly end: () => void;
}

/** Without a terminal, a line this often. */
const LINE_EVERY_S = 5;
/** A terminal is redrawn this often, so that the clock runs between windows. */
const REDRAW_MS = 250;

/** A view on a stream: redrawn in place on a terminal, a line every five seconds elsewhere. */
export function liveView(plan: Plan, stream: NodeJS.WriteStream): LiveView {
  return stream.isTTY ? terminalView(plan, stream) : lineView(plan, stream);
}

function lineView(plan: Plan, stream: NodeJS.WriteStream): LiveView {
  let next = LINE_EVERY_S;
  return {
    show(progress) {
      if (progress.elapsedSeconds < next) return;
      next = Math.floor(progress.elapsedSeconds / LINE_EVERY_S) * LINE_EVERY_S + LINE_EVERY_S;
      stream.write(`${lineOf(plan, progress)}\n`);
    },
    say: (line) => stream.write(`${line}\n`),
    end: () => {},
  };
}

function terminalView(plan: Plan, stream: NodeJS.WriteStream): LiveView {
  const update = createLogUpdate(stream, { showCursor: true });
  const startedMs = performance.now();
  let last: Progress | undefined;
  const draw = () => {
    if (!last) return;
    const elapsedSeconds = Math.min(last.totalSeconds, (performance.now() - startedMs) / 1000);
    update(panelOf(plan, { ...last, elapsedSeconds }, Math.min(stream.columns || 80, 120)).join("\n"));
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    show(progress) {
      last = progress;
    },
    say(line) {
      update.clear();
      stream.write(`${line}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      update.clear();
      update.done();
      // The last window is a run's tail: what stays on the screen is the whole.
      if (last) stream.write(`${sumOf(plan, last)}\n`);
      // What is still said later stands by itself.
      last = undefined;
    },
  };
}

/** One line about how a run goes, for logs. */
export function lineOf(plan: Plan, progress: Progress): string {
  const { p50Ms, p95Ms, p99Ms, target } = progress;
  return [
    `${plan.scenario} ${seconds(progress.elapsedSeconds)}/${seconds(progress.totalSeconds)} ${progress.phase}:`,
    `${count(progress.requestsPerSecond)} ${nounsOf(plan).rate},`,
    `p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, p99 ${ms(p99Ms)},`,
    `failed ${count(progress.failed)}, dropped ${count(progress.dropped)}, VUs ${progress.vus}`,
    ...(target ? [`, target ${percent(target.cpuCores)} CPU ${megabytes(target.rssBytes)}`] : []),
  ]
    .join(" ")
    .replaceAll(" ,", ",");
}

/** What was done in all, in a line. */
export function sumOf(plan: Plan, { elapsedSeconds, requests, failed, dropped }: Progress): string {
  return `  ${styleText("bold", plan.scenario)} ${plan.profile}: ${count(requests)} ${nounsOf(plan).many} in ${seconds(elapsedSeconds)}, ${count(failed)} failed, ${count(dropped)} arrivals dropped`;
}

/** The panel of the live view, a few lines of at most `columns` characters. */
export function panelOf(plan: Plan, progress: Progress, columns: number): string[] {
  const { p50Ms, p95Ms, p99Ms, target, k6, failed, dropped } = progress;
  const clock = `${seconds(progress.elapsedSeconds)} / ${seconds(progress.totalSeconds)}`;
  const title = `${styleText("bold", plan.scenario)} ${plan.profile}`;
  const phase = progress.phase.padEnd(8);
  const room = Math.max(10, columns - width(title) - phase.length - clock.length - 9);
  const done = Math.min(1, progress.elapsedSeconds / progress.totalSeconds);
  const filled = Math.round(room * done);
  const bar = styleText("cyan", "━".repeat(filled)) + styleText("dim", "─".repeat(room - filled));
  const bad = (n: number) => (n > 0 ? styleText("red", count(n)) : count(n));
  const cell = (label: string, value: string, size: number) => {
    const text = `${styleText("dim", label)} ${value}`;
    return text + " ".repeat(Math.max(1, size - width(text)));
  };
  return [
    `  ${title}  ${phase}  ${bar}  ${clock}`,
    "",
    `  ${cell(nounsOf(plan).rate, count(progress.requestsPerSecond), 18)}${cell("p50", ms(p50Ms), 18)}${cell("p95", ms(p95Ms), 18)}${cell("p99", ms(p99Ms), 18)}`,
    `  ${cell("failed", bad(failed), 18)}${cell("dropped", bad(dropped), 18)}${cell("busy VUs", `${progress.vus} of ${progress.maxVus}`, 18)}`,
    `  ${cell("target", target ? `${percent(target.cpuCores)} of a core, ${megabytes(target.rssBytes)}` : "-", 36)}${cell("k6", k6 ? `${percent(k6.cpuCores)}, ${megabytes(k6.rssBytes)}` : "-", 18)}`,
  ];
}

/** What a load is made of. */
function nounsOf({ load }: Plan): { readonly rate: string; readonly many: string } {
  return load.model === "paced"
    ? { rate: "packets/s", many: "packets" }
    : { rate: "req/s", many: "requests" };
}

const width = (text: string) => stripVTControlCharacters(text).length;
const seconds = (s: number) =>
  s < 120 ? `${Math.floor(s)} s` : `${Math.floor(s / 60)} m ${Math.floor(s % 60)} s`;
const count = (n: number) => Math.round(n).toLocaleString("en");
const ms = (value: number | undefined) => (value === undefined ? "-" : `${Number(value.toPrecision(3))} ms`);
const percent = (cores: number) => `${Math.round(cores * 100)} %`;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
