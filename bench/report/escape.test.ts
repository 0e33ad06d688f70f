import assert from "node:assert/strict";
import { test } from "node:test";
import { codeBlock, codeSpan, html, markdown, oneLine, plain } from "./escape.ts";

test("terminal colours and what XML forbids are taken out, line breaks stay", () => {
  assert.equal(plain("\u001b[31mred\u001b[0m\u0000\u0008 a\r\nb\tc\ufffe"), "red a\nb\tc");
  assert.equal(plain("half a pair \ud83d"), "half a pair \ufffd");
  assert.equal(oneLine(" a\n\n b "), "a b");
});

test("HTML: no character of markup survives, in text or in an attribute", () => {
  assert.equal(
    html(`<script>alert("1")</script>&'`),
    "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;",
  );
});

test("Markdown: tables, tags, emphasis, links and names are plain text", () => {
  assert.equal(markdown("a|b\nc"), "a\\|b c");
  assert.equal(markdown("<img> & `x` **y** [z](q)"), "&lt;img&gt; &amp; \\`x\\` \\*\\*y\\*\\* \\[z\\](q)");
  assert.equal(markdown("@octocat"), "@\u2060octocat");
  assert.equal(markdown("fixes #123, GH-7"), "fixes \\#\u2060123, GH-\u20607");
  assert.equal(markdown("https://a.b www.a.b"), "https:\u2060//a.b www\u2060.a.b");
  assert.equal(markdown("$x$ of $HOME"), "\\$x\\$ of \\$HOME");
  assert.equal(markdown("- item"), "\\- item");
  assert.equal(markdown("1. item"), "1\\. item");
});

test("Markdown: a code span holds backticks and pipes", () => {
  assert.equal(codeSpan("node main.ts"), "`node main.ts`");
  assert.equal(codeSpan("a `b` | c"), "`` a `b` \\| c ``");
  assert.equal(codeSpan(""), "");
});

test("Markdown: a fenced block cannot be closed from inside", () => {
  assert.equal(codeBlock("x\n```\n# out", "sh"), "````sh\nx\n```\n# out\n````");
});
