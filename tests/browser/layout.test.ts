import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserPath } from "./browser";
import { pages } from "./pages";

const layout = readFileSync("tests/browser/layout.js", "utf8");
/** Width of the window in pixels, and the colours that the reader prefers. */
const windows = [
  { width: 320, colorScheme: "dark" },
  { width: 768, colorScheme: "light" },
  { width: 1920, colorScheme: "light" },
  { width: 1920, colorScheme: "dark" },
] as const;

if (!browserPath) console.log("pages in a browser: not run, there is neither chromium nor google-chrome on the PATH");
else
  describe("a page in a browser", function () {
    this.timeout(60_000);
    let browser: Browser;
    let tab: Page;
    before(async () => {
      browser = await chromium.launch({ ...(browserPath && { executablePath: browserPath }), args: ["--no-sandbox"] });
      tab = await browser.newPage();
    });
    after(() => browser.close());

    for (const [name, page] of Object.entries(pages))
      it(`can be read in narrow and wide windows, light and dark: ${name}`, async () => {
        await tab.setContent(page);
        for (const { width, colorScheme } of windows) {
          await tab.setViewportSize({ width, height: 6000 });
          await tab.emulateMedia({ colorScheme });
          const faults = (await tab.evaluate<string[]>(layout)).join("\n");
          assert.equal(faults, "", `${width} px, ${colorScheme}:\n${faults}`);
        }
      });

    it("is found faulty if texts overlap, leave their frame or are too pale", async () => {
      await tab.setViewportSize({ width: 320, height: 600 });
      await tab.setContent(
        `<p style="color:#aaa">pale</p><p style="width:900px">wide</p><svg viewBox="0 0 100 100" width="100"><text y="50" x="10" font-size="12">one</text><text x="12" y="52" font-size="12">two</text><text x="90" y="20" font-size="12">outside</text></svg>`,
      );
      const faults = (await tab.evaluate<string[]>(layout)).join("\n");
      for (const words of [/"pale" has a contrast/, /px wide in a window/, /"one" lies over "two"/, /"outside" leaves/])
        assert.match(faults, words);
    });
  });
