import type { Run } from "../results/run-schema.ts";
import { type Block, type Document, type Section, SLA_WORDS, type SlaWords } from "./document.ts";
import { html as text } from "./escape.ts";
import { factList, figure, MARK, page, symbol, tableOf } from "./page.ts";

/** The report as a page. */
export function htmlReport(document: Document, run: Run): string {
  const { title, verdict, sections } = document;
  const body = `${header(document)}
<main>
${slaSection(document)}
${sections.map(section).join("\n")}
${raw(run)}
</main>
<footer>Written by Plimsoll ${text(run.versions.plimsoll)}. The same in <a href="report.md">Markdown</a>, <a href="junit.xml">JUnit XML</a>, <a href="run.json">JSON</a>.</footer>`;
  return page({ title: `${verdict.word}: ${title}`, state: verdict.state, body });
}

function header({ title, verdict, reasons, notices, facts, command }: Document): string {
  return `<header>
<p class="brand">${MARK} Plimsoll</p>
<div class="verdict">
${symbol(verdict.state)}
<div>
<h1><span class="word">${verdict.word}</span> <span class="what">${text(title)}</span></h1>
${reasons.length > 0 ? `<ul class="reasons">${reasons.map((reason) => `<li>${text(reason)}</li>`).join("")}</ul>` : `<p class="sentence">${verdict.sentence}</p>`}
</div>
</div>
${notices.length > 0 ? `<ul class="notices" role="note">${notices.map((notice) => `<li>${text(notice)}</li>`).join("")}</ul>` : ""}
${factList(facts)}
<figure class="command"><figcaption>Run it again</figcaption><pre><code>${text(command)}</code></pre></figure>
</header>`;
}

function slaSection({ sla }: Document): string {
  if (sla.length === 0) return "";
  return `<section id="sla" aria-labelledby="sla-title">
<h2 id="sla-title">Service level</h2>
<div class="scroll"><table class="sla">
<thead><tr><th scope="col">State</th><th scope="col">What</th><th scope="col" class="number">Measured</th><th scope="col" class="limit">Limit</th><th scope="col" class="priority">Priority</th><th scope="col" class="source">Read from</th></tr></thead>
<tbody>
${sla.map(slaRow).join("\n")}
</tbody>
</table></div>
</section>`;
}

function slaRow({ id, title, source, priority, measured, limit, state, note }: SlaWords): string {
  return `<tr class="${state}" data-sla="${text(id)}"><td class="state">${symbol(state)}${SLA_WORDS[state]}</td><th scope="row">${text(title)}${note ? `<span class="note">${text(note)}</span>` : ""}</th><td class="number measured">${text(measured)}</td><td class="limit">${text(limit)}</td><td class="priority">${text(priority)}</td><td class="source"><code>${text(source)}</code></td></tr>`;
}

/** A part of a page. */
export function section({ id, title, blocks }: Section): string {
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${text(title)}</h2>
${blocks.map(block).join("\n")}
</section>`;
}

function block(part: Block): string {
  switch (part.kind) {
    case "text":
      return `<p>${text(part.text)}</p>`;
    case "charts":
      return `<div class="charts">${part.charts.map(figure).join("\n")}${part.beside ? tableOf(part.beside) : ""}</div>`;
    case "facts":
      return factList(part.facts);
    case "log":
      return `<pre class="log"><code>${part.lines.map(text).join("\n")}</code></pre>`;
    case "table":
      return tableOf(part);
  }
}

/** Most characters of run.json that the page repeats. */
const RAW_LIMIT = 200_000;

function raw(run: Run): string {
  const json = JSON.stringify(run, null, 2);
  const cut =
    json.length > RAW_LIMIT ? `${json.slice(0, RAW_LIMIT)}\n… cut here; run.json has all of it` : json;
  return `<section id="raw"><details><summary>Raw facts (run.json)</summary><pre><code>${text(cut)}</code></pre></details></section>`;
}
