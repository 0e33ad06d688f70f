/** How one figure is made of those of neighbouring stretches of a run. */
type Kind = "rate" | "mean" | "max";

/**
 * What is drawn over time beside the run's totals, as families of lines: a line for each process, connector, variant or
 * outcome that was seen.
 */
export const FAMILIES = {
  /** Packets a second by what became of them. */
  outcome: "rate",
  /** p99 of how late the generator was, ms. */
  lag: "max",
  /** Virtual users: at work, and made. */
  callers: "max",
  /** p95 of other trends that an SLA may name, ms. */
  telemetry: "max",
  /** Packets that all of their telemetry came of, percent. */
  "telemetry-complete": "mean",
  /** Of k6 itself: mean time of each part of a request, ms; bytes a second; iterations a second. */
  part: "mean",
  traffic: "rate",
  iterations: "rate",
  /** Of a variant in the hold phase: percentiles of a call, ms; p95 from when it was due; calls a second; failed, percent. */
  "call-p50": "mean",
  "call-p95": "mean",
  "due-p95": "max",
  calls: "rate",
  "failed-calls": "mean",
  /** Cores that its calls used, and CPU of one, µs. */
  "variant-cpu": "mean",
  "call-cpu": "mean",
  /** Of a process: cores, bytes, ms. */
  cpu: "mean",
  rss: "max",
  heap: "max",
  loop: "max",
  /** Of a connector, packets a second. */
  fulfilled: "mean",
  rejected: "mean",
  /** From receipt to answer, ms. */
  "node-p50": "mean",
  "node-p99": "max",
  held: "max",
  "ledger-queue": "max",
  "commit-ms": "mean",
  "commit-entries": "mean",
  "telemetry-dropped": "mean",
  "telemetry-waiting": "max",
} as const satisfies Record<string, Kind>;

export type Family = keyof typeof FAMILIES;

/** What a stretch has of one figure: a sum, or the greatest value, and what the sum is to be divided by for a mean. */
interface Cell {
  readonly value: number;
  readonly weight: number;
}

/** Figures by family and name. */
export type Cells = ReadonlyMap<string, Cell>;
export type Figures = ReadonlyMap<string, number>;

/** Most lines of a family; what comes later is left out, whatever somebody else's server calls its parts. */
export const MOST_LINES = 32;

/** Notes one figure; null and undefined are none. A mean is of the values by their weights. */
export type Put = (family: Family, name: string, value: number | null | undefined, weight?: number) => void;

/** Collects the cells of one stretch after the other, and keeps to MOST_LINES over all of them. */
export function collector(): (fill: (put: Put) => void) => Cells {
  const names = new Map<Family, Set<string>>();
  const admits = (family: Family, name: string) => {
    const known = names.get(family) ?? new Set();
    names.set(family, known);
    return known.has(name) || (known.size < MOST_LINES && known.add(name) !== undefined);
  };
  return (fill) => {
    const cells = new Map<string, Cell>();
    fill((family, name, value, weight = 1) => {
      if (typeof value !== "number" || !Number.isFinite(value) || weight <= 0 || !admits(family, name))
        return;
      add(cells, keyOf(family, name), {
        value: FAMILIES[family] === "mean" ? value * weight : value,
        weight,
      });
    });
    return cells;
  };
}

/** Cells of two neighbouring stretches as those of one. */
export function merged(a: Cells, b: Cells): Cells {
  const sum = new Map(a);
  for (const [key, cell] of b) add(sum, key, cell);
  return sum;
}

function add(cells: Map<string, Cell>, key: string, cell: Cell): void {
  const known = cells.get(key);
  if (!known) {
    cells.set(key, cell);
    return;
  }
  const value =
    FAMILIES[familyOf(key)] === "max" ? Math.max(known.value, cell.value) : known.value + cell.value;
  cells.set(key, { value, weight: known.weight + cell.weight });
}

/** @param seconds how long the stretch was */
export function figuresOf(cells: Cells, seconds: number): Figures {
  const of = { rate: seconds, max: 1 };
  return new Map(
    [...cells].map(([key, { value, weight }]) => {
      const kind = FAMILIES[familyOf(key)];
      return [key, value / (kind === "mean" ? weight : of[kind])];
    }),
  );
}

/** One line of a family: a value for each stretch, null where there is none. */
export interface Course {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** The lines of a family, in the order in which they were first seen. What did not happen is a rate of zero. */
export function coursesOf(family: Family, stretches: readonly { readonly figures: Figures }[]): Course[] {
  const none = FAMILIES[family] === "rate" ? 0 : null;
  const keys = new Set(
    stretches.flatMap(({ figures }) => [...figures.keys()].filter((key) => familyOf(key) === family)),
  );
  return [...keys].map((key) => ({
    name: key.slice(family.length + 1),
    values: stretches.map(({ figures }) => figures.get(key) ?? none),
  }));
}

/** Families have no slash in their names. */
function keyOf(family: Family, name: string): string {
  return `${family}/${name}`;
}

function familyOf(key: string): Family {
  return key.slice(0, key.indexOf("/")) as Family;
}
