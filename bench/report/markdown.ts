import {
  type Block,
  type Cell,
  type Column,
  type Document,
  type Fact,
  NOT_CLEAR,
  type RowState,
  type Section,
  SLA_WORDS,
  type VerdictState,
} from "./document.ts";
import { codeBlock, codeSpan, markdown } from "./escape.ts";

export const SYMBOLS: Readonly<Record<VerdictState | RowState, string>> = {
  pass: "✅",
  warn: "⚠️",
  fail: "❌",
  "no-data": "❔",
  invalid: "⛔",
  incomplete: "⏳",
  "not-applicable": "➖",
  quarantined: "🔁",
};

/** The report as GitHub-flavoured Markdown: good as a file, and pasted into a comment. */
export function markdownReport(document: Document): string {
  const { verdict, title, reasons, notices, facts, command, sla, sections } = document;
  return `${[
    `# ${SYMBOLS[verdict.state]} ${verdict.word}: ${markdown(title)}`,
    ...(reasons.length > 0 ? [list(reasons)] : [verdict.sentence]),
    ...notices.map((notice) => `> ${markdown(notice)}`),
    ...(sla.length > 0 ? [slaTable(document)] : []),
    factTable(facts),
    `Run it again:\n\n${codeBlock(command, "sh")}`,
    ...sections.map(section),
  ].join("\n\n")}\n`;
}

/** Lines of text as a list. */
export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdown(line)}`).join("\n");
}

function slaTable({ sla }: Document): string {
  const head: Column[] = [
    { title: "", numeric: false },
    { title: "SLA", numeric: false },
    { title: "", numeric: false },
    { title: "Measured", numeric: true },
    { title: "Limit", numeric: false },
  ];
  const rows = sla.map(({ state, title, priority, measured, limit, note }) => [
    `${SYMBOLS[state]} ${SLA_WORDS[state]}`,
    `${markdown(title)}${note ? `<br>${markdown(note)}` : ""}`,
    priority,
    markdown(measured),
    markdown(limit),
  ]);
  return table(head, rows);
}

function factTable(facts: readonly Fact[]): string {
  return table(
    [
      { title: "", numeric: false },
      { title: "", numeric: false },
    ],
    facts.map(({ label, value, code }) => [markdown(label), code ? codeSpan(value) : markdown(value)]),
  );
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(columns.map(({ title }) => title)),
    row(columns.map(({ numeric }) => (numeric ? "---:" : "---"))),
    ...rows.map(row),
  ].join("\n");
}

/** A part of a report, folded away when it is for whoever looks closer. */
export function section({ title, blocks, aside }: Section): string {
  const body = blocks.map(block).join("\n\n");
  // A comment on a pull request shows what matters and folds the rest away.
  return aside
    ? `<details><summary>${markdown(title)}</summary>\n\n${body}\n\n</details>`
    : `## ${markdown(title)}\n\n${body}`;
}

function block(part: Block): string {
  switch (part.kind) {
    case "text":
      return markdown(part.text);
    case "charts": {
      const images = part.charts.map(({ id, title }) => `![${markdown(title)}](graphs/${id}.svg)`).join("\n");
      return part.beside ? `${images}\n\n${block(part.beside)}` : images;
    }
    case "facts":
      return factTable(part.facts);
    case "log":
      return codeBlock(part.lines.join("\n"), "text");
    case "table":
      return table(
        part.columns,
        part.rows.map((cells, i) =>
          cells.map((cell) => (part.strong?.includes(i) ? bold(cellOf(cell)) : cellOf(cell))),
        ),
      );
  }
}

function bold(words: string): string {
  return words === "" ? "" : `**${words}**`;
}

function cellOf(cell: Cell): string {
  if (typeof cell === "string") return markdown(cell);
  if ("name" in cell) {
    const name = markdown(cell.name);
    const below = cell.below === undefined ? "" : `<br>${markdown(cell.below)}`;
    return `${cell.href === undefined ? name : `[${name}](${cell.href})`}${below}`;
  }
  const { value, detail, clear } = cell;
  return markdown(`${value} ${detail}${clear ? "" : ` ${NOT_CLEAR}`}`);
}
