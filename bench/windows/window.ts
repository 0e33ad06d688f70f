import { z } from "zod";

/** The tags a series carries; a key that is missing was not set on its samples. */
export type Tags = Readonly<Record<string, string>>;

const tags = z.record(z.string(), z.string());
const head = { metric: z.string(), unit: z.string().default(""), tags };

const seriesSchema = z.discriminatedUnion("type", [
  z.object({
    ...head,
    type: z.literal("trend"),
    n: z.number(),
    sum: z.number(),
    min: z.number(),
    max: z.number(),
    /** HdrHistogram V2 compressed, base64; microseconds for time trends, value x 1000 for others. */
    hdr: z.string(),
  }),
  z.object({ ...head, type: z.literal("counter"), value: z.number() }),
  z.object({ ...head, type: z.literal("rate"), yes: z.number(), no: z.number() }),
  z.object({ ...head, type: z.literal("gauge"), value: z.number(), min: z.number(), max: z.number() }),
]);

const windowSchema = z.object({
  v: z.literal(1),
  /** Start of the window, ISO 8601. */
  from: z.iso.datetime({ offset: true }),
  /** Length in milliseconds. */
  ms: z.number(),
  /** Samples that came after their own window had closed and were counted in this one. */
  late: z.number().default(0),
  /** Samples of series past the limit, folded into one `overflow` series a metric. */
  overflow: z.number().default(0),
  series: z.array(seriesSchema),
});

/** What k6 measured in one period: the format everything else reads (docs/formats.md). */
export type Window = z.infer<typeof windowSchema>;
export type Series = Window["series"][number];
export type TrendSeries = Extract<Series, { type: "trend" }>;

/** A line that is no window of ours. */
export class WindowError extends Error {
  readonly code = "BAD_WINDOW";
}

/** Reads one NDJSON line of the `windows` output; throws WindowError with what is wrong. */
export function parseWindow(line: string): Window {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new WindowError(`not JSON: ${line.slice(0, 80)}`);
  }
  const parsed = windowSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new WindowError(`not a window: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  return parsed.data;
}

/** True when `actual` has every pair of `wanted`. */
export function carries(actual: Tags, wanted: Tags): boolean {
  for (const key in wanted) if (actual[key] !== wanted[key]) return false;
  return true;
}

/** Start of a window in epoch milliseconds. */
export function startMs(window: Window): number {
  return Date.parse(window.from);
}
