import type { Tags } from "../windows/window.ts";

/** Longer names are cut: InfluxDB refuses a series whose name and tags together pass 64 KB. */
const LONGEST = 512;

/** Tag names that InfluxDB keeps for itself, and the one that is no name in JavaScript. */
const RESERVED = new Set(["time", "_field", "_measurement", "__proto__"]);

/**
 * A name as InfluxDB 1.x can hold it. Line protocol has no escape for control characters, nor for a backslash before a
 * separator, a quote or the end: written as they are, 1.6 refuses the point or reads another name. Each gets a character
 * that looks like it (`␊` for a line break, `＼` for a backslash in such a place), so different names stay different.
 */
export function storable(name: string): string {
  return name
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/\p{Cc}/gu, picture)
    .replace(/\\+(?=[ ,="]|$)/g, (backslashes) => "＼".repeat(backslashes.length));
}

/** Unicode's own pictures of the control characters of ASCII. */
function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : control;
}

/** The name of a measurement: a line that begins with `#` is a comment. */
export function storableMeasurement(name: string): string {
  return storable(name).replace(/^#/, "＃");
}

/** Tags under storable names; those without a value are left out, as InfluxDB does itself. */
export function storableTags(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([name, value]) => name !== "" && value !== "")
      .map(([name, value]) => [storable(RESERVED.has(name) ? `k6_${name}` : name), storable(value)]),
  );
}
