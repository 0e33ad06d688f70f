import type { Block, Section } from "../report/document.ts";
import { markdown } from "../report/escape.ts";
import { SYMBOLS, section } from "../report/markdown.ts";
import { GRAPHS } from "./file-names.ts";
import { OUTCOME_WORDS } from "./outcome.ts";
import type { Panels } from "./panels.ts";
import { type Links, sectionsOf } from "./sections.ts";
import type { Summary } from "./summary-schema.ts";
import { STATES } from "./words.ts";

/** The outcome in one line of Markdown. */
export function verdictLine({ outcome, sentence }: Summary): string {
  return `${SYMBOLS[STATES[outcome]]} ${OUTCOME_WORDS[outcome]}: ${markdown(sentence)}`;
}

/** The sections of a summary without its charts, which Markdown shows as one picture; it has no captions either. */
export function wordsOf(summary: Summary, panels: Panels, links: Links = []): Section[] {
  return sectionsOf(summary, panels, links)
    .map((one) => ({ ...one, blocks: one.blocks.flatMap(inWords) }))
    .filter(({ blocks }) => blocks.length > 0);
}

function inWords(block: Block): Block[] {
  if (block.kind === "charts") return [];
  return block.kind === "table" ? [{ kind: "text", text: `${block.caption}:` }, block] : [block];
}

/** A summary as GitHub-flavoured Markdown, beside the picture it shows. */
export function markdownSummary(summary: Summary, panels: Panels, links: Links, drawn: boolean): string {
  const [first, ...rest] = wordsOf(summary, panels, links).map(section);
  return `${[
    `# ${verdictLine(summary)}`,
    ...(first === undefined ? [] : [first]),
    ...(drawn ? [`![Latency, throughput, resources, delta to the baseline and trend](${GRAPHS})`] : []),
    ...rest,
  ].join("\n\n")}\n`;
}
