import type { SlaState, Verdict } from "../results/run-schema.ts";
import type { Chart } from "./charts/chart.ts";

/**
 * What a report says, in words and tables but in no markup: report.html and report.md are two renderings of it, so
 * they cannot tell different stories. All text in it is untrusted and for the renderers to escape.
 */
export interface Document {
  readonly title: string;
  readonly verdict: VerdictWords;
  readonly reasons: readonly string[];
  /** What is missing or partial. */
  readonly notices: readonly string[];
  readonly facts: readonly Fact[];
  readonly command: string;
  readonly sla: readonly SlaWords[];
  readonly sections: readonly Section[];
}

export type VerdictState = Verdict | "incomplete";

export interface VerdictWords {
  readonly state: VerdictState;
  readonly word: string;
  readonly sentence: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Shown in a fixed-width font: something to copy. */
  readonly code?: boolean;
}

export interface SlaWords {
  readonly id: string;
  readonly title: string;
  /** `http_req_duration{phase:hold} p95` */
  readonly source: string;
  readonly priority: string;
  readonly measured: string;
  readonly limit: string;
  readonly state: RowState;
  readonly note: string;
}

/** `quarantined`: the row failed and did not gate. */
export type RowState = SlaState | "quarantined";

export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "charts"; readonly charts: readonly Chart[]; readonly beside?: TableBlock }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "log"; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      /** Rows that stand out. */
      readonly strong?: readonly number[];
    };

export type TableBlock = Extract<Block, { kind: "table" }>;

/** Text, a value with its interval, or a name: what lies below it, and a relative address it leads to. */
export type Cell =
  | string
  | { readonly value: string; readonly detail: string; readonly clear: boolean }
  | { readonly name: string; readonly below?: string; readonly href?: string };

export interface Column {
  readonly title: string;
  readonly numeric: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** For whoever looks closer. */
  readonly aside?: true;
}

/** What is said of a difference whose interval holds zero. */
export const NOT_CLEAR = "not distinguishable";

/** No value: nothing was measured. */
export const NONE = "–";

export const SLA_WORDS: Readonly<Record<RowState, string>> = {
  pass: "pass",
  warn: "warn",
  fail: "fail",
  "no-data": "no data",
  "not-applicable": "not applicable",
  quarantined: "fail, quarantined",
};

/** A title with a leading `!` is one of numbers. */
export function columns(...titles: string[]): Column[] {
  return titles.map((title) => ({ title: title.replace(/^!/, ""), numeric: title.startsWith("!") }));
}
