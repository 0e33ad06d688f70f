import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { SLA_STATES, VERDICTS } from "../../scenarios/lib/verdicts.ts";

const COLOURS: Readonly<Record<string, string>> = {
  pass: "green",
  warn: "orange",
  fail: "red",
  "no-data": "purple",
  invalid: "purple",
  "not-applicable": "text",
};

/** Words and colours for `verdict_code`. */
export const verdictMappings = (): ValueMapping[] => [mappingOf(VERDICTS)];
/** Words and colours for `state_code`. */
export const stateMappings = (): ValueMapping[] => [mappingOf(SLA_STATES)];

function mappingOf(words: readonly string[]): ValueMapping {
  const options = Object.fromEntries(
    words.map((text, code) => [String(code), { text, color: COLOURS[text] as string, index: code }]),
  );
  return { type: MappingType.ValueToText, options };
}
