import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../paths.ts";
import { html } from "../report/escape.ts";
import type { Flame } from "./flame.ts";

/** What `npm run bundle` makes of browser/flame-graph.ts, and of its package's style. */
const bundled = (end: string) => readFileSync(join(ROOT, "dist", "pages", `flame-graph.${end}`), "utf8");

const STYLE = `
body { margin: 0 auto; max-width: 1600px; padding: 24px; font: 15px/1.5 system-ui, sans-serif; color: #1c2733; }
h1 { font-size: 22px; margin: 0 0 4px; }
p { margin: 0 0 14px; color: #566472; }
form { display: flex; gap: 8px; margin: 0 0 12px; }
input { flex: 1; max-width: 420px; font: inherit; padding: 4px 8px; border: 1px solid #b6c0ca; border-radius: 4px; }
button { font: inherit; padding: 4px 12px; border: 1px solid #b6c0ca; border-radius: 4px; background: #f4f6f8; }
#graph { width: 100%; }
#details { min-height: 3em; padding-top: 8px; overflow-wrap: anywhere; }
`;

/** A page with a flame graph, callers above what they call; it needs no network. */
export function flamePage(title: string, subtitle: string, flame: Flame): string {
  // JSON inside of a script element: only a closing tag could end it.
  const data = JSON.stringify(flame).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${html(title)}</title>
<style>${bundled("css")}${STYLE}</style>
<h1>${html(title)}</h1>
<p>${html(subtitle)}</p>
<form onsubmit="return false">
<input id="search" type="search" placeholder="find functions by name or file" aria-label="find functions by name or file">
<button id="reset" type="button">the whole</button>
</form>
<div id="graph"></div>
<div id="details" aria-live="polite"></div>
<noscript>This page draws with a script of its own; the profile beside it opens in Chrome DevTools.</noscript>
<script type="application/json" id="flame">${data}</script>
<script>${bundled("js")}</script>
</html>
`;
}
