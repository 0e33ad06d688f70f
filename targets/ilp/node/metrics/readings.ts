import type { Histogram, Registry } from "prom-client";
import type { DistributionCounts } from "../../distribution.ts";

export type Labels = Readonly<Record<string, string>>;

/** The series of one metric: the labels of each, and what it stands at. */
export type Series<T> = Iterable<readonly [Labels, T]>;

/**
 * Metrics of numbers that are kept elsewhere, where things happen, and are read when someone asks: a packet meets no metric.
 * prom-client's own are told each value, and none of them can be told the counts of a histogram; of what is registered, its
 * registry wants a name and `get`.
 */
export class Readings {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** @param name with its unit, ending in `_total`: https://prometheus.io/docs/practices/naming/ */
  counter(name: string, help: string, read: () => Series<number>): void {
    this.#register("counter", name, help, () => Array.from(read(), sampleOf));
  }

  /** @param name with its unit */
  gauge(name: string, help: string, read: () => Series<number>): void {
    this.#register("gauge", name, help, () => Array.from(read(), sampleOf));
  }

  /** @param name with the unit of the bounds and the sum */
  histogram(name: string, help: string, read: () => Series<DistributionCounts>): void {
    this.#register("histogram", name, help, () =>
      Array.from(read()).flatMap(([labels, { bounds, counts, count, sum }]) => [
        ...bounds.map((le, n) => ({
          metricName: `${name}_bucket`,
          labels: { le, ...labels },
          value: counts[n],
        })),
        { metricName: `${name}_bucket`, labels: { le: "+Inf", ...labels }, value: count },
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ]),
    );
  }

  #register(type: "counter" | "gauge" | "histogram", name: string, help: string, values: () => object[]) {
    const metric = { name, help, type, get: async () => ({ name, help, type, values: values() }) };
    this.#registry.registerMetric(metric as unknown as Histogram);
  }
}

const sampleOf = ([labels, value]: readonly [Labels, number]) => ({ labels, value });

/** Of a metric without labels. */
export const single = <T>(value: T): Series<T> => [[{}, value]];

/** Times that were counted in ms, in the base unit that Prometheus wants. */
export function inSeconds({ bounds, sum, max, ...counts }: DistributionCounts): DistributionCounts {
  return { ...counts, bounds: bounds.map((ms) => ms / 1_000), sum: sum / 1_000, max: max / 1_000 };
}
