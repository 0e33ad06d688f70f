import type { Op, Phase, Sla } from "../../scenarios/lib/plan.ts";
import { wholeArrivalsIn } from "../../scenarios/lib/schedule.ts";
import type { Findings, SlaResult, SlaState } from "../results/run-schema.ts";
import { QUANTILES } from "../windows/histogram.ts";
import type { Evidence, ResourcePick } from "./evidence.ts";
import { GROWTH_SECONDS, growth, type Reading } from "./growth.ts";
import { IN_A_ROW } from "./recovery.ts";

/** A P1 row that is crossed by at most this share of its limit warns; by more it fails. */
const P1_TOLERANCE = 0.2;

interface Measured {
  readonly value: number | null;
  readonly note?: string;
  /** Says what a missing value means; otherwise the value is held against the limit, and none is `no-data`. */
  readonly state?: SlaState;
}

/** What can be known of the target beside its answers. */
export interface TargetSeen {
  /** False for a server whose process we cannot see. */
  readonly targetVisible: boolean;
  /** From its start until it said that it was ready. */
  readonly readySeconds?: number;
}

/** Judges one row of the SLA table. */
export function judgeSla(sla: Sla, evidence: Evidence, findings: Findings, seen: TargetSeen): SlaResult {
  const { value, note, state } = measure(sla, evidence, findings, seen);
  return {
    ...sla,
    tags: { ...sla.tags },
    value,
    state: state ?? (value === null ? "no-data" : stateOf(value, sla)),
    ...(note !== undefined && { note }),
  };
}

/** pass, warn or fail for a number that was measured. */
export function stateOf(
  value: number,
  { op, limit, priority }: Pick<Sla, "op" | "limit" | "priority">,
): SlaState {
  if (holds(value, op, limit)) return "pass";
  if (priority === "P0") return "fail";
  const loosened = op.startsWith("<") ? limit * (1 + P1_TOLERANCE) : limit * (1 - P1_TOLERANCE);
  return holds(value, op.startsWith("<") ? "<=" : ">=", loosened) ? "warn" : "fail";
}

function holds(value: number, op: Op, limit: number): boolean {
  switch (op) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

function measure(sla: Sla, evidence: Evidence, findings: Findings, seen: TargetSeen): Measured {
  const { fold, plan } = evidence;
  const { metric, tags, stat } = sla;
  if (metric.startsWith("target_")) return measureTarget(sla, evidence, seen);
  switch (stat) {
    case "avg":
      return { value: fold.trend(metric, tags).mean ?? null };
    case "max": {
      const trend = fold.trend(metric, tags);
      return { value: trend.n === 0 ? null : trend.max };
    }
    case "share": {
      const { yes, no } = fold.rate(metric, tags);
      return { value: yes + no === 0 ? null : (100 * yes) / (yes + no) };
    }
    case "count":
      // A counter that never ticked was not emitted; that is a zero only when the run made requests at all.
      return {
        value: fold.counter(metric, tags) ?? (fold.requests(tags) === undefined ? null : 0),
      };
    case "achieved":
      return achieved(metric, tags);
    case "concurrency": {
      const trend = fold.trend(metric, tags);
      const seconds = evidence.secondsIn(tags.phase ?? "");
      return { value: trend.n === 0 || seconds === 0 ? null : trend.sum / 1000 / seconds };
    }
    case "unaccounted": {
      const books = findings.conservation;
      if (books === undefined) return { value: null };
      if (books.differences.length > 0)
        return { value: books.unaccounted, note: books.differences.join("; ") };
      if (books.silent.length > 0)
        return { value: null, note: `${books.silent.join(", ")} did not tell what it counted` };
      if (Object.keys(books.connectors).length > 0) return { value: 0 };
      return { value: null, note: "the connector's books cannot be seen", state: "not-applicable" };
    }
    case "recovery": {
      const found = findings.recovery;
      if (!found) return { value: null };
      if (found.seconds !== null) return { value: found.seconds };
      const note = `not back within the ${found.observedSeconds.toFixed(0)} s that were watched`;
      // Not back yet is not too late while a recovery in time could still show: a short profile cannot tell.
      const tooShort = found.observedSeconds < sla.limit + IN_A_ROW - 1;
      return { value: null, note, state: tooShort ? "no-data" : "fail" };
    }
    case "added-p50": {
      const row = findings.overhead?.rows.find(({ variant }) => variant === tags.variant);
      if (!row) return { value: null };
      const { value, distinguishable, high } = row.addedP50Us;
      const text = distinguishable
        ? `${value.toFixed(0)} µs more than none`
        : "not distinguishable from none";
      return { value: high / 1000, note: `${text}; upper end of the 95 % interval` };
    }
    case "growth":
      return { value: null };
    default:
      return { value: fold.trend(metric, tags).percentile(QUANTILES[stat]) ?? null };
  }

  function achieved(name: string, wanted: Sla["tags"]): Measured {
    const asked = wholeArrivalsIn(plan.load, wanted.phase as Phase);
    const got = fold.counter(name, wanted);
    return { value: got === undefined || asked === 0 ? null : (100 * got) / asked };
  }
}

function measureTarget(
  { metric, stat, tags }: Sla,
  evidence: Evidence,
  { targetVisible, readySeconds }: TargetSeen,
): Measured {
  if (!targetVisible) {
    const note = "the server is not ours: its process cannot be seen";
    return { value: null, note, state: "not-applicable" };
  }
  if (metric === "target_ready_seconds") return { value: readySeconds ?? null };
  const pick = resource(metric, tags.member);
  if (stat === "growth") {
    const tooShort = evidence.secondsIn(tags.phase ?? "") < GROWTH_SECONDS;
    return measureGrowth(evidence.readings(pick, tags.phase), tooShort);
  }
  const spread = evidence.spread(pick, tags.phase);
  return { value: spread === null ? null : stat === "max" ? spread.max : spread.avg };
}

/** Reads one resource of the whole target, or of one of its processes. */
function resource(metric: string, member: string | undefined): ResourcePick {
  return ({ target }) => {
    // A target of one process is all there is of the member.
    const of = member === undefined || !target?.members ? target : target.members[member];
    if (metric === "target_rss_bytes") return of?.rssBytes;
    return metric === "target_heap_bytes" ? of?.heapBytes : of?.cpuCores;
  };
}

function measureGrowth(readings: readonly Reading[], tooShort: boolean): Measured {
  const found = growth(readings);
  if (found === undefined) {
    if (!tooShort) return { value: null };
    const note = `growth shows in ${GROWTH_SECONDS / 60} minutes and more`;
    return { value: null, note, state: "not-applicable" };
  }
  const { perHour, low, high } = found;
  const signed = (value: number) => `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
  const note = `95 % interval ${signed(low)} to ${signed(high)} %/h`;
  // It may well be nothing: not growth, however steep the line.
  return low <= 0 ? { value: perHour, note, state: "pass" } : { value: perHour, note };
}
