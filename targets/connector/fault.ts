/**
 * The grammar of --fault: what a specification may say, as plain data. Running it is fault-injector.ts.
 *
 *     latency=200ms,error-rate=10%        a comma or another --fault adds a fault
 */
export interface FaultPlan {
  /** Every answer waits this long. */
  readonly latencyMs: number;
  /** And uniformly up to this much longer. */
  readonly jitterMs: number;
  /** A share (0..1) of answers waits `delayMs` longer: a bimodal latency. */
  readonly slow?: { readonly delayMs: number; readonly share: number };
  /** Rounds of arithmetic before every answer: work of the CPU, the same in every process whatever the machine's mood. */
  readonly spinRounds: number;
  /** The share (0..1) of calls that end as Internal. */
  readonly errorRate: number;
  /** Nothing is answered from `afterMs` after the first request on, for `forMs` (Infinity: never again). */
  readonly stall?: { readonly afterMs: number; readonly forMs: number };
  /** The process dies this long after the first request. */
  readonly crashAfterMs?: number;
}

export const NO_FAULT: FaultPlan = { latencyMs: 0, jitterMs: 0, spinRounds: 0, errorRate: 0 };

/** One fault a user can write. */
interface FaultKind {
  readonly form: string;
  readonly meaning: string;
  readonly pattern: RegExp;
  readonly apply: (match: RegExpExecArray) => Partial<FaultPlan>;
}

const DURATION = String.raw`(\d+(?:\.\d+)?)(ms|s|m)`;
const PERCENT = String.raw`(\d+(?:\.\d+)?)%`;

const KINDS: Readonly<Record<string, FaultKind>> = {
  latency: {
    form: "latency=200ms",
    meaning: "every answer waits 200 ms",
    pattern: new RegExp(`^=${DURATION}$`),
    apply: (m) => ({ latencyMs: toMs(m[1], m[2]) }),
  },
  jitter: {
    form: "jitter=50ms",
    meaning: "and uniformly 0 to 50 ms longer",
    pattern: new RegExp(`^=${DURATION}$`),
    apply: (m) => ({ jitterMs: toMs(m[1], m[2]) }),
  },
  slow: {
    form: "slow=50ms@20%",
    meaning: "20 % of the answers wait 50 ms longer (bimodal)",
    pattern: new RegExp(`^=${DURATION}@${PERCENT}$`),
    apply: (m) => ({ slow: { delayMs: toMs(m[1], m[2]), share: toShare(m[3]) } }),
  },
  spin: {
    form: "spin=1000000",
    meaning: "a million rounds of arithmetic before every answer: some ms of CPU",
    pattern: /^=(\d{1,10})$/,
    apply: (m) => ({ spinRounds: Number(m[1]) }),
  },
  "error-rate": {
    form: "error-rate=10%",
    meaning: "10 % of the calls end as internal errors",
    pattern: new RegExp(`^=${PERCENT}$`),
    apply: (m) => ({ errorRate: toShare(m[1]) }),
  },
  stall: {
    form: "stall[=3s@5s]",
    meaning: "never answers; or not for 3 s, from 5 s after the first request",
    pattern: new RegExp(`^(?:=${DURATION}@${DURATION})?$`),
    apply: (m) => ({
      stall:
        m[1] === undefined
          ? { afterMs: 0, forMs: Number.POSITIVE_INFINITY }
          : { forMs: toMs(m[1], m[2]), afterMs: toMs(m[3], m[4]) },
    }),
  },
  crash: {
    form: "crash=5s",
    meaning: "dies with exit code 1, 5 s after the first request",
    pattern: new RegExp(`^=${DURATION}$`),
    apply: (m) => ({ crashAfterMs: toMs(m[1], m[2]) }),
  },
};

/** What exists, as "form" and "meaning" pairs, for --help and for error lines. */
export const FAULT_FORMS: ReadonlyArray<readonly [form: string, meaning: string]> = Object.values(KINDS).map(
  ({ form, meaning }) => [form, meaning],
);

/** No delay beyond this: Node's timers fire at once above 2^31-1 ms, and a longer fault is a typing error. */
const MAX_MS = 24 * 60 * 60 * 1000;

/** A specification that names no fault, or names it wrongly. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly code = "bad-fault";
}

/**
 * Reads the values of --fault.
 *
 * @param specs each one fault or several with commas between; a fault given twice counts as last given
 * @throws FaultError with one line that lists what exists
 */
export function parseFaults(specs: readonly string[]): FaultPlan {
  let plan = NO_FAULT;
  for (const item of specs.flatMap((spec) => spec.split(","))) {
    const text = item.trim();
    const kind = Object.entries(KINDS).find(([name]) => text === name || text.startsWith(`${name}=`));
    const match = kind?.[1].pattern.exec(text.slice(kind[0].length));
    if (kind === undefined || !match) {
      const exists = FAULT_FORMS.map(([form]) => form).join(", ");
      throw new FaultError(`no such fault: "${text}"; there are ${exists}`);
    }
    plan = { ...plan, ...kind[1].apply(match) };
  }
  return plan;
}

/** The plan as text that `parseFaults` reads again; one item a fault, for /health and logs. */
export function formatFaults(plan: FaultPlan): string[] {
  const items: string[] = [];
  if (plan.latencyMs > 0) items.push(`latency=${plan.latencyMs}ms`);
  if (plan.jitterMs > 0) items.push(`jitter=${plan.jitterMs}ms`);
  if (plan.slow) items.push(`slow=${plan.slow.delayMs}ms@${percent(plan.slow.share)}%`);
  if (plan.spinRounds > 0) items.push(`spin=${plan.spinRounds}`);
  if (plan.errorRate > 0) items.push(`error-rate=${percent(plan.errorRate)}%`);
  if (plan.stall) {
    const { forMs, afterMs } = plan.stall;
    items.push(Number.isFinite(forMs) ? `stall=${forMs}ms@${afterMs}ms` : "stall");
  }
  if (plan.crashAfterMs !== undefined) items.push(`crash=${plan.crashAfterMs}ms`);
  return items;
}

function toMs(value: string | undefined, unit: string | undefined): number {
  const ms = Number(value) * (unit === "m" ? 60_000 : unit === "s" ? 1000 : 1);
  if (ms > MAX_MS) throw new FaultError(`a fault of ${value}${unit} is longer than a day`);
  return ms;
}

function toShare(percentText: string | undefined): number {
  const share = Number(percentText) / 100;
  if (share > 1) throw new FaultError(`${percentText}% is more than all requests`);
  return share;
}

/** A share as a percentage without the noise of binary fractions. */
function percent(share: number): number {
  return Number((share * 100).toFixed(6));
}
