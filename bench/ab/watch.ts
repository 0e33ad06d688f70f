import type { Build } from "../../scenarios/lib/duet.ts";
import { usageOf } from "../run/usage.ts";
import type { Used } from "./block.ts";
import { CpuMeter } from "./cpu-meter.ts";

/** A reading that came this late is of no use to either second beside it. */
const LATEST_MS = 200;
/** Seconds that are remembered: k6 tells of one two seconds after it began. */
const REMEMBERED = 10;

/** Looks at both builds as each second of the clock begins, so that what they used belongs to a window of k6. */
export class Watch {
  /** What they used, by the second's start in epoch milliseconds. */
  readonly used = new Map<number, Record<Build, Used>>();
  readonly #pids: Readonly<Record<Build, number>>;
  readonly #meters: Readonly<Record<Build, CpuMeter>>;
  #before: { second: number; cpu: Record<Build, number | undefined> } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(pids: Readonly<Record<Build, number>>) {
    this.#pids = pids;
    this.#meters = { a: new CpuMeter(pids.a), b: new CpuMeter(pids.b) };
  }

  start(): void {
    const now = Date.now();
    this.#timer = setTimeout(
      () => {
        this.#look();
        this.start();
      },
      1000 - (now % 1000),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    const second = Math.round(now / 1000) * 1000;
    const cpu = { a: this.#meters.a.read(), b: this.#meters.b.read() };
    const before = this.#before;
    const onTime = Math.abs(now - second) <= LATEST_MS;
    this.#before = onTime ? { second, cpu } : undefined;
    if (!onTime || before?.second !== second - 1000) return;
    const of = (build: Build): Used => {
      const [then, since] = [before.cpu[build], cpu[build]];
      return {
        cpuSeconds: then === undefined || since === undefined ? undefined : since - then,
        rssBytes: usageOf(this.#pids[build])?.rssBytes,
      };
    };
    this.used.set(before.second, { a: of("a"), b: of("b") });
    for (const old of [...this.used.keys()].slice(0, -REMEMBERED)) this.used.delete(old);
  }
}
