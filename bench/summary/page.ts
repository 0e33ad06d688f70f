import { html as text } from "../report/escape.ts";
import { section } from "../report/html.ts";
import { MARK, page, symbol } from "../report/page.ts";
import { OUTCOME_WORDS } from "./outcome.ts";
import type { Panels } from "./panels.ts";
import { type Links, sectionsOf } from "./sections.ts";
import type { Summary } from "./summary-schema.ts";
import { STATES } from "./words.ts";

/** A summary as one page in the look of a run's report: no script, no font and no request. */
export function summaryPage(summary: Summary, panels: Panels, links: Links): string {
  const { outcome, sentence, versions } = summary;
  const state = STATES[outcome];
  const word = OUTCOME_WORDS[outcome];
  const body = `<header>
<p class="brand">${MARK} Plimsoll</p>
<div class="verdict">
${symbol(state)}
<div>
<h1><span class="word">${word}</span> <span class="what">Benchmark</span></h1>
<p class="sentence">${text(sentence)}</p>
</div>
</div>
</header>
<main>
${sectionsOf(summary, panels, links).map(section).join("\n")}
</main>
<footer>Written by Plimsoll ${text(versions.plimsoll)}. The same in <a href="benchmark-report.md">Markdown</a>, <a href="benchmark-results.json">JSON</a>, <a href="benchmark-graphs.png">one picture</a>.</footer>`;
  return page({ title: `${word}: ${sentence}`, state, body });
}
