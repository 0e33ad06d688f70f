import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";

const COLOURS: Readonly<Record<string, string>> = {
  pass: "green",
  warn: "orange",
  fail: "red",
  "no-data": "purple",
  invalid: "purple",
  "not-applicable": "text",
};

/** Verdicts and states of SLA rows are written as numbers too, the place in these lists, so that they can be drawn. */
const VERDICTS = ["pass", "warn", "fail", "no-data", "invalid"] as const;
const STATES = ["pass", "warn", "fail", "no-data", "not-applicable"] as const;

/** Words and colours for `verdict_code`. */
export const verdictMappings = (): ValueMapping[] => [mappingOf(VERDICTS)];
/** Words and colours for `state_code`. */
export const stateMappings = (): ValueMapping[] => [mappingOf(STATES)];

function mappingOf(words: readonly string[]): ValueMapping {
  const options = Object.fromEntries(
    words.map((text, code) => [String(code), { text, color: COLOURS[text] as string, index: code }]),
  );
  return { type: MappingType.ValueToText, options };
}
