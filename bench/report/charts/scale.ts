import { bytes, latency, significant } from "../../format.ts";

/**
 * A value axis whose ticks we choose: echarts' logarithmic axis labels whole decades only, and latency within one run
 * often spans less than one. Positions are what echarts draws (log10 of the value on a logarithmic scale).
 */
export interface Scale {
  readonly log: boolean;
  readonly min: number;
  readonly max: number;
  /** Positions of the labelled ticks. */
  readonly ticks: readonly number[];
  position(value: number): number;
  label(position: number): string;
}

/** More than this between least and greatest and a linear axis would press the small ones flat. */
const LOG_RATIO = 12;

/** The smallest latency that is told apart, in milliseconds: histograms count whole microseconds. */
const LEAST_MS = 0.001;

/** A scale for latencies in milliseconds: logarithmic where they and the limits lie far apart, else from zero. */
export function latencyScale(values: readonly number[], most = 8): Scale {
  const positive = values.filter((value) => Number.isFinite(value)).map((value) => Math.max(value, LEAST_MS));
  if (positive.length === 0) return linearScale([1], latencyTick, most);
  const min = least(positive);
  const max = greatest(positive);
  return max / min > LOG_RATIO
    ? logScale(min, max, latencyTick, most)
    : linearScale(positive, latencyTick, most);
}

/** A logarithmic scale around positive values, ticks at 1, 2 and 5 (or decades when there are many). */
export function logScale(min: number, max: number, label: (value: number) => string, most = 8): Scale {
  const lowest = Math.log10(min);
  const highest = Math.max(Math.log10(max), lowest + 0.3);
  const pad = (highest - lowest) * 0.06;
  const from = lowest - pad;
  const to = highest + pad;
  const steps = [[1, 2, 5], [1, 3], [1]].map((mantissas) => ticksBetween(from, to, mantissas));
  const ticks = steps.find((candidate) => candidate.length <= most) ?? everyOther(steps[2] ?? []);
  return {
    log: true,
    min: from,
    max: to,
    ticks,
    position: (value) => Math.log10(Math.max(value, min)),
    label: (position) => label(tidy(10 ** position)),
  };
}

function ticksBetween(from: number, to: number, mantissas: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(from); decade <= Math.ceil(to); decade++) {
    for (const mantissa of mantissas) {
      const tick = decade + Math.log10(mantissa);
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks;
}

function everyOther(ticks: readonly number[]): number[] {
  return ticks.filter((_, i) => i % 2 === 0);
}

/** A linear scale from zero to a round number above all values. */
export function linearScale(
  values: readonly number[],
  label: (value: number) => string,
  most = 6,
  signed = false,
): Scale {
  const top = Math.max(0, greatest(values));
  const bottom = signed ? Math.min(0, least(values)) : 0;
  const step = roundStep((top - bottom || 1) / Math.max(2, most - 1));
  // A line along the very top would hide in the frame.
  const max = Math.ceil((top * 1.04 || 1) / step - 1e-9) * step;
  const min = Math.floor(bottom / step + 1e-9) * step;
  const ticks: number[] = [];
  for (let i = 0; min + i * step <= max + step / 2; i++) ticks.push(tidy(min + i * step));
  return { log: false, min, max: ticks.at(-1) ?? max, ticks, position: (value) => value, label };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const mantissa = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return mantissa * power;
}

/** Takes out what binary fractions leave behind: 0.30000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

/** Tick labels: no zeros a tick does not need (`50 ms`, not `50.0 ms`). */
export function tickOf(format: (value: number, digits?: number) => string): (value: number) => string {
  return (value) =>
    format(value)
      .replace(/(\.\d*?)0+(?=\D|$)/, "$1")
      .replace(/\.(?=\D|$)/, "");
}

export const latencyTick = tickOf(latency);
export const bytesTick = tickOf(bytes);
export const numberTick = tickOf(significant);
