import { Point } from "@influxdata/influxdb-client";
import type { Tags } from "../windows/window.ts";
import { storableMeasurement, storableTags } from "./names.ts";

/** A point as InfluxDB holds it: written again with the same measurement, tags and time, it takes its own place. */
export interface InfluxPoint {
  readonly measurement: string;
  readonly tags: Tags;
  readonly fields: Readonly<Record<string, number | string>>;
  /** Epoch milliseconds, whole. */
  readonly atMs: number;
}

/** The `precision` of every write: times are whole milliseconds. */
export const PRECISION = "ms";

/** Fields before it is known which there are. */
export type MaybeFields = Readonly<Record<string, number | string | null | undefined>>;

/** Makes a point; fields that are not known, or no finite number, are left out. */
export function pointOf(measurement: string, tags: Tags, fields: MaybeFields, atMs: number): InfluxPoint {
  const known = Object.entries(fields)
    .map(([name, value]) => [name, typeof value === "string" ? value.toWellFormed() : value] as const)
    .filter((field): field is [string, number | string] => {
      const [, value] = field;
      return typeof value === "string" || Number.isFinite(value);
    });
  return {
    measurement: storableMeasurement(measurement),
    tags: storableTags(tags),
    fields: Object.fromEntries(known),
    atMs: Math.round(atMs),
  };
}

/** A point in line protocol; undefined when it has no field. Numbers are floats, so that a field never changes its type. */
export function lineOf({ measurement, tags, fields, atMs }: InfluxPoint): string | undefined {
  const point = new Point(measurement).timestamp(atMs);
  for (const [name, value] of Object.entries(tags)) point.tag(name, value);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "number") point.floatField(name, value);
    else point.stringField(name, value);
  }
  return point.toLineProtocol({ convertTime: String });
}
