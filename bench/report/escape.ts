import { stripVTControlCharacters } from "node:util";

/**
 * Names, tags, URLs, commands and log lines come from a plan, a target or a server somebody else runs. They are
 * untrusted text wherever they end up: in HTML, in Markdown, in XML.
 */

/** Takes out terminal colours and what XML 1.0 (section 2.2) does not allow; line breaks and tabs stay. */
export function plain(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replace(/\r\n?/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "")
      .toWellFormed()
  );
}

/** The same on one line. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, " ").trim();
}

/** For HTML and XML, in text and in quoted attributes alike. */
export function html(text: string): string {
  return plain(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** For a Markdown paragraph or table cell: one line, nothing in it is markup, no @name notifies anyone. */
export function markdown(text: string): string {
  return (
    oneLine(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replace(/[\\`*_{}[\]|~#$]/g, "\\$&")
      // A word joiner keeps GitHub from linking names, issues and bare URLs: it looks for them after escapes are gone.
      .replace(/[@#](?=\w)/g, "$&\u2060")
      .replace(/\b(GH-)(?=\d)/gi, "$1\u2060")
      .replace(/\b(www)(?=\.)/gi, "$1\u2060")
      .replace(/:\/\//g, ":\u2060//")
      .replace(/^(\d+)([.)]\s)/, "$1\\$2")
      .replace(/^([+=-])/, "\\$1")
  );
}

/** A Markdown code span that holds any text (CommonMark 6.1); `|` is escaped as tables ask for it (GFM 4.10). */
export function codeSpan(text: string): string {
  const content = oneLine(text).replaceAll("|", "\\|");
  if (content === "") return "";
  const ticks = "`".repeat(longestRun(content) + 1);
  return content.includes("`") ? `${ticks} ${content} ${ticks}` : `${ticks}${content}${ticks}`;
}

/** A fenced Markdown block that its content cannot close. */
export function codeBlock(text: string, language = ""): string {
  const content = plain(text);
  const fence = "`".repeat(Math.max(3, longestRun(content) + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** A word for a POSIX shell, quoted when it needs it: in single quotes nothing is special but the quote itself. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
