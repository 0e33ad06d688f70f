/**
 * Makes the README's pictures from a real run: the live view as it stood two thirds through, the verdict below it, and
 * the head of the report. The terminal's text is drawn by the code that draws it on a terminal.
 *
 *   FORCE_COLOR=1 node build/pictures.ts [run]      npm run pictures
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { verdictText } from "../bench/commands/verdict-text.ts";
import { html } from "../bench/report/escape.ts";
import { findRun, readRun, resourcesOf, windowsOf } from "../bench/results/store.ts";
import { panelOf } from "../bench/run/live.ts";
import { afterWindow, startOf } from "../bench/run/progress.ts";
import { PhaseTracker } from "../bench/windows/fold.ts";
import type { Plan } from "../scenarios/lib/plan.ts";

const COLUMNS = 84;

/** The few SGR codes that util.styleText writes, as spans. */
const CLASSES: Readonly<Record<string, string>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "35": "magenta",
  "36": "cyan",
};

const folder = findRun(process.argv[2] ?? "latest");
const run = readRun(folder);
const plan = run.plan as unknown as Plan;
const images = join(import.meta.dirname, "..", "docs", "images");

const temporary = mkdtempSync(join(tmpdir(), "plimsoll-pictures-"));
const browser = await chromium.launch({
  executablePath: process.env.PLIMSOLL_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 960, height: 820 }, deviceScaleFactor: 2 });
  const terminal = join(temporary, "terminal.html");
  writeFileSync(terminal, terminalPage(await terminalText()));
  await page.goto(pathToFileURL(terminal).href);
  await page.locator("pre").screenshot({ path: join(images, "live.png") });
  await page.setViewportSize({ width: 1280, height: 1440 });
  await page.goto(pathToFileURL(join(folder.path, "report.html")).href);
  await page.screenshot({ path: join(images, "report.png") });
} finally {
  await browser.close();
  rmSync(temporary, { recursive: true, force: true });
}

async function terminalText(): Promise<string> {
  const resources = [];
  for await (const sample of resourcesOf(folder)) resources.push(sample);
  const phases = new PhaseTracker();
  let progress = startOf(plan);
  for await (const window of windowsOf(folder)) {
    phases.add(window);
    progress = afterWindow(progress, window, phases.spans.at(-1)?.phase);
    const seconds = (Date.parse(window.from) - Date.parse(run.startedAt)) / 1000;
    if (seconds < (progress.totalSeconds * 2) / 3) continue;
    const sample = resources.findLast(({ at }) => at <= window.from);
    progress = {
      ...progress,
      elapsedSeconds: seconds,
      target: sample?.target ?? null,
      k6: sample?.k6 ?? null,
    };
    break;
  }
  const command = `$ npx plimsoll run ${run.scenario} --profile ${run.profile}`;
  const report = join("results", run.run, "report.html");
  return [command, "", ...panelOf(plan, progress, COLUMNS), verdictText(run, report)].join("\n");
}

function terminalPage(text: string): string {
  let open = 0;
  const body = text
    .split("\u001b")
    .map(html)
    .join("\u001b")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes begin with one
    .replaceAll(/\u001b\[(\d+)m/g, (_, code: string) => {
      const name = CLASSES[code];
      if (name) {
        open++;
        return `<span class="${name}">`;
      }
      if (open === 0) return "";
      open--;
      return "</span>";
    });
  return `<!doctype html><meta charset="utf-8"><style>
    pre { display: inline-block; margin: 0; padding: 18px 22px; border-radius: 8px; background: #16181d; color: #e6e6e6;
      font: 14px/1.45 "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .bold { font-weight: bold; } .dim { opacity: 0.55; } .red { color: #ff7b72; } .green { color: #56d364; }
    .yellow { color: #e3b341; } .magenta { color: #d2a8ff; } .cyan { color: #56d4dd; }
  </style><pre>${body}</pre>`;
}
