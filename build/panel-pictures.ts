/**
 * Makes the pictures of docs/grafana.md: panels as the report draws them, of the newest run of each scenario in a folder of
 * real runs, in a real browser at 1280 pixels.
 *
 *   npx plimsoll run interceptor-overhead chain basic-load soak --profile smoke --out RUNS
 *   npm run pictures:panels -- RUNS
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { readRun } from "../bench/results/store.ts";

const WIDTH = 1280;
const MARGIN = 20;

interface Picture {
  readonly name: string;
  readonly scenario: string;
  /** The first and the last of the report's parts that are on it. */
  readonly from: string;
  readonly to: string;
}

const PICTURES: readonly Picture[] = [
  { name: "run-overview", scenario: "basic-load", from: "#over-time h2", to: "#chart-callers" },
  { name: "interceptors", scenario: "interceptor-overhead", from: "#findings h2", to: "#chart-overhead" },
  { name: "variants", scenario: "interceptor-overhead", from: "#variants h2", to: "#chart-adds-p95" },
  { name: "ilp-network", scenario: "chain", from: "#connectors h2", to: "#chart-commit-ms" },
  { name: "soak", scenario: "soak", from: "#resources h2", to: "#chart-event-loop" },
  { name: "drift", scenario: "soak", from: "#over-time .scroll", to: "#over-time .scroll" },
];

const root = resolve(process.argv[2] ?? "results");
const runs = readdirSync(root)
  .toSorted()
  .map((id) => ({ id, path: join(root, id) }));

const browser = await chromium.launch({
  executablePath: process.env.PLIMSOLL_CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } });
  for (const picture of PICTURES) {
    const folder = runs.findLast((one) => readRun(one).scenario === picture.scenario);
    if (!folder) throw new Error(`no run of ${picture.scenario} in ${root}`);
    await page.goto(pathToFileURL(join(folder.path, "report.html")).href);
    await shoot(page, picture);
  }
} finally {
  await browser.close();
}

async function shoot(page: Page, { name, from, to }: Picture): Promise<void> {
  const [first, last] = await Promise.all([from, to].map((one) => page.locator(one).first().boundingBox()));
  if (!first || !last) throw new Error(`${name}: the report has no ${first ? to : from}`);
  const y = Math.max(0, first.y - MARGIN);
  await page.screenshot({
    path: join(import.meta.dirname, "..", "docs", "images", `${name}.png`),
    fullPage: true,
    clip: { x: 0, y, width: WIDTH, height: last.y + last.height + MARGIN - y },
  });
}
