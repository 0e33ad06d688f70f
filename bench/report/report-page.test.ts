import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { report } from "./report.ts";
import { emptySample, hostileSample, type Sample, sample } from "./testing/sample.ts";

/** The page as a person meets it: a real browser, from the disk, scripts turned off. */

const CHROMIUM = process.env.PLIMSOLL_CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM)
  ? false
  : `no ${CHROMIUM}: apt-get install --no-install-recommends chromium, or name one in PLIMSOLL_CHROMIUM`;

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), "plimsoll-page-"));

before(async () => {
  if (!skip) browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function written(name: string, input: Sample): Promise<string> {
  for (const { path, content } of await report(input)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return pathToFileURL(join(folder, name, "report.html")).href;
}

interface View {
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  readonly media?: "screen" | "print";
}

/** Opens a page, looks, and says what it asked the network for and what it complained about. */
async function visit(
  url: string,
  { scheme = "light", width = 1280, media = "screen" }: View,
  look: (page: Page) => Promise<void>,
) {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    colorScheme: scheme,
    viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.emulateMedia({ media, colorScheme: scheme });
  await page.goto(url);
  await look(page);
  await context.close();
  assert.deepEqual(complaints, []);
  assert.deepEqual(
    requests.filter((one) => one !== url && !one.startsWith("data:")),
    [],
  );
}

/** Contrast of two CSS colours (WCAG 2.2, relative luminance). */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// These run in the page, whose types are not those of Node: hence as text.
const style = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector("${selector}")).getPropertyValue("${property}")`);
const widthsOf = (page: Page): Promise<[content: number, window: number]> =>
  page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
/** What each chart is drawn at, as a share of the size it was made for. */
const shares = (page: Page): Promise<number[]> =>
  page.evaluate(`[...document.querySelectorAll("figure svg")]
    .map((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)
    .filter((share) => share > 0)`);
const titles = (page: Page): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll(".desktop svg[role=img] > title")].map((title) => title.textContent)`,
  );
const words = async (locator: Locator) => ((await locator.textContent()) ?? "").replace(/\s+/g, " ").trim();

test("verdict, every row of the SLA and every chart are there without scripts or network", {
  skip,
}, async () => {
  const failing = sample("basic-load", { latencyMs: () => 120 });
  const url = await written("failing", failing);
  for (const view of [
    {},
    { scheme: "dark" },
    { width: 390 },
    { scheme: "dark", width: 390 },
    { media: "print", width: 794 },
  ] as View[]) {
    await visit(url, view, async (page) => {
      assert.equal(await words(page.locator("h1")), "Fail basic-load · smoke");
      assert.ok(await page.locator("h1").isVisible());
      const rows = page.locator("tr[data-sla]");
      assert.equal(await rows.count(), failing.run.sla.length);
      for (const [i, { title, state }] of failing.run.sla.entries()) {
        assert.ok(await rows.nth(i).isVisible());
        const text = await words(rows.nth(i));
        assert.ok(text.includes(title) && text.includes(state), text);
      }
      const charts = page.locator("figure svg:visible");
      assert.equal(await charts.count(), 12);
      const [content, window] = await widthsOf(page);
      assert.ok(content <= window, `${JSON.stringify(view)}: ${content} of ${window}`);
    });
  }
});

test("labels of charts are large enough to read at each width", { skip }, async () => {
  const url = await written("readable", sample("interceptor-overhead"));
  for (const width of [390, 1280]) {
    await visit(url, { width }, async (page) => {
      const drawn = await shares(page);
      // Every chart of the report once: one drawing for each width.
      assert.equal(drawn.length, 21);
      for (const share of drawn) assert.ok(share >= 0.95, `drawn at ${share} of its size at ${width}`);
    });
  }
});

test("dark and light: text and states stand out from what is behind them", { skip }, async () => {
  const url = await written("contrast", sample("basic-load", { latencyMs: () => 120 }));
  const grounds: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await visit(url, { scheme }, async (page) => {
      const paper = await style(page, "body", "background-color");
      grounds.push(paper);
      for (const selector of ["body", ".facts dt", "tr.fail .state", "tr.pass .state", "figcaption"]) {
        const ratio = contrast(await style(page, selector, "color"), paper);
        assert.ok(ratio >= 4.5, `${selector} in ${scheme}: ${ratio.toFixed(2)}`);
      }
      const verdict = contrast(
        await style(page, "h1 .word", "color"),
        await style(page, ".verdict", "background-color"),
      );
      assert.ok(verdict >= 4.5, `verdict in ${scheme}: ${verdict.toFixed(2)}`);
      const line = await style(page, ".desktop path[stroke='var(--p95)']", "stroke");
      assert.ok(contrast(line, paper) >= 3, `p95 in ${scheme}`);
    });
  }
  assert.equal(new Set(grounds).size, 2);
});

test("each chart has a name and a description for those who do not see it", { skip }, async () => {
  const url = await written("named", sample("spike"));
  await visit(url, {}, async (page) => {
    const names = await titles(page);
    assert.equal(await page.getByRole("img").count(), names.length);
    assert.ok(
      names.includes("Latency percentiles") && names.includes("Recovery after the spike"),
      names.join(),
    );
    for (const heading of [
      "Service level",
      "Findings",
      "Over time",
      "Latency",
      "Resources",
      "Load generator",
      "Host and versions",
    ])
      assert.equal(
        await page.getByRole("heading", { level: 2, name: heading, exact: true }).count(),
        1,
        heading,
      );
  });
});

test("hostile names are text: no element, no script, no request, nothing sticks out", { skip }, async () => {
  const url = await written("hostile", hostileSample());
  for (const width of [390, 1280]) {
    await visit(url, { width }, async (page) => {
      assert.equal(await page.locator("script, img, iframe, object, embed").count(), 0);
      assert.match(await words(page.locator(".reasons")), /<script>alert\(1\)<\/script>/);
      const [content, window] = await widthsOf(page);
      assert.ok(content <= window, `${content} of ${window}`);
    });
  }
});

test("a run that never ended has its page as well", { skip }, async () => {
  const url = await written("empty", emptySample("stress"));
  await visit(url, { width: 390 }, async (page) => {
    assert.match(await words(page.locator("h1")), /^Incomplete/);
    assert.ok(await page.getByText("There are no windows").isVisible());
    assert.ok((await page.locator("figure svg:visible", { hasText: "no data" }).count()) >= 5);
  });
});
