import assert from "node:assert/strict";
import { type Browser, chromium } from "playwright-core";
import { type ServedPage, serveView } from "../../automation/commands/view/server";
import type { View } from "../../model/view/state";
import { browserPath } from "./browser";
import { view } from "./pages";

if (browserPath)
  describe("the live view in a browser", function () {
    this.timeout(60_000);
    let browser: Browser;
    before(async () => {
      browser = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
    });
    after(() => browser.close());

    it("follows the environment, loads nothing from elsewhere, and says when it is out of date", async () => {
      let routed = 10;
      const read = async (): Promise<View> => ({
        ...view,
        rollout: { unknown: "not read" },
        weights: { value: { configured: 10, routed } },
      });
      const served: ServedPage = await serveView("dev", read);
      const tab = await browser.newPage();
      const [asked, complaints]: [string[], string[]] = [[], []];
      tab.on("request", (request) => asked.push(request.url()));
      tab.on("console", (message) => complaints.push(message.text()));
      tab.on("pageerror", (error) => complaints.push(error.message));
      await tab.goto(served.url);
      await tab.getByText("10 % to version 2, as configured").waitFor();
      assert.equal(await tab.locator("#stale").isVisible(), false);
      routed = 50;
      await tab.getByText("50 % to version 2. The configuration says 10 %").waitFor();
      assert.ok(asked.length >= 3);
      for (const url of asked) assert.ok(url.startsWith(served.url), url);
      // the content security policy would complain about whatever it blocks
      assert.deepEqual(complaints, []);

      await served.close();
      await tab.getByText("This page is out of date").waitFor();
      await tab.close();
    });
  });
