/** Numbers as people read them: 3 significant digits and a unit that fits. */

/** 3 significant digits, grouped by thousands; trailing zeros stay, so that columns of measured values line up. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return grouped(rounded.toFixed(Math.min(decimals, 12)));
}

/** A whole number in full. */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(Math.round(value).toFixed(0)) : "–";
}

function grouped(digits: string): string {
  const [whole = "", fraction] = digits.split(".");
  const separated = whole.replace("-", "−").replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** A latency in milliseconds, written in µs, ms or s. */
export function latency(ms: number, digits = 3): string {
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (size < 0.9995) return `${significant(ms * 1000, digits)} µs`;
  if (size < 999.5) return `${significant(ms, digits)} ms`;
  return `${significant(ms / 1000, digits)} s`;
}

/** Decimal units: the limits of plans are in MB of a million bytes. */
export function bytes(value: number, digits = 3): string {
  const size = Math.abs(value);
  if (size < 999.5) return `${count(value)} B`;
  if (size < 999.5e3) return `${significant(value / 1e3, digits)} kB`;
  if (size < 999.5e6) return `${significant(value / 1e6, digits)} MB`;
  return `${significant(value / 1e9, digits)} GB`;
}

/** A percentage. Close to 100 the distance to 100 is what matters: 99.97 % must not read 100 %. */
export function percent(value: number, digits = 3): string {
  if (value > 90 && value < 100) {
    const decimals = Math.min(8, Math.max(1, Math.ceil(-Math.log10(100 - value)) + digits - 3));
    return `${value.toFixed(decimals)} %`;
  }
  return `${significant(value, digits)} %`;
}

export function rate(perSecond: number): string {
  return `${significant(perSecond)} req/s`;
}

/** A CPU load in cores. */
export function cores(value: number, digits = 3): string {
  return `${significant(value, digits)} ${value === 1 ? "core" : "cores"}`;
}

/** A signed difference in microseconds, without the unit. */
export function signed(us: number): string {
  return `${us > 0 ? "+" : ""}${significant(us)}`;
}

/** A stretch of time: `30.4 s`, `6 min 12 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${significant(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A moment within a run: `0:07`, `12:30`, `1:00:00`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `2026-11-21 10:00:00 UTC`; the text itself when it is no date. */
export function moment(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A value in the unit an SLA row names. */
export function inUnit(value: number, unit: string, digits = 3): string {
  switch (unit) {
    case "ms":
      return latency(value, digits);
    case "s":
      return Math.abs(value) < 60 ? `${significant(value, digits)} s` : duration(value);
    case "%":
      return percent(value, digits);
    case "bytes":
      return bytes(value, digits);
    case "cores":
      return cores(value, digits);
    case "":
      return Number.isInteger(value) ? count(value) : significant(value, digits);
    default:
      return `${significant(value, digits)} ${unit}`;
  }
}

/** A limit as it was written: no zeros it did not have (`100 MB`, not `100.00 MB`). */
export function limitInUnit(limit: number, unit: string): string {
  return inUnit(limit, unit, 6)
    .replace(/(\.\d*?)0+(?=\s|$)/, "$1")
    .replace(/\.(?=\s|$)/, "");
}

/** `≤` for `<=`. */
export function opSign(op: string): string {
  return op.replace("<=", "≤").replace(">=", "≥");
}

/** Digits after which a measured value is as exact as a report needs. */
const MOST_DIGITS = 8;

/**
 * A measured value beside its limit: with as many digits as it takes to see on which side it lies, so that no row
 * reads "measured 100 MB, limit < 100 MB, fail".
 */
export function measuredBeside(value: number, limit: number, unit: string): string {
  let digits = 3;
  while (
    value !== limit &&
    digits < MOST_DIGITS &&
    inUnit(value, unit, digits) === inUnit(limit, unit, digits)
  ) {
    digits++;
  }
  return inUnit(value, unit, digits);
}
