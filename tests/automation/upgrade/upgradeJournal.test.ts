import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rolloutJournals } from "../../../automation/commands/rollout/journal";
import { upgradeJournals } from "../../../automation/commands/upgrade/journal";

describe("the journal of an upgrade", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("returns the steps of an upgrade to another process, without the line that a kill cut short", async () => {
    const journal = await upgradeJournals.open("dev", folder);
    await journal.add({ kind: "step", step: "istiod" });
    await journal.close();
    appendFileSync(path.join(folder, "dev.upgrade.jsonl"), '{"at":"2026-11-23T00:00:01Z","kind":"ste');
    const entries = await upgradeJournals.read("dev", folder);
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ["step"],
    );
  });

  it("is not opened while another process has it, and shares nothing with the journal of a rollout", async () => {
    const journal = await upgradeJournals.open("dev", folder);
    await journal.add({ kind: "step", step: "istiod" });
    await assert.rejects(upgradeJournals.open("dev", folder), {
      message: /^an upgrade of stack dev is under way/,
      exitCode: 4,
    });
    assert.deepEqual(await rolloutJournals.read("dev", folder), []);
    await journal.close();
    await (await upgradeJournals.open("dev", folder)).close();
  });

  it("is empty after it was removed, and can be removed twice", async () => {
    const journal = await upgradeJournals.open("dev", folder);
    await journal.add({ kind: "step", step: "istiod" });
    await journal.close();
    await upgradeJournals.remove("dev", folder);
    await upgradeJournals.remove("dev", folder);
    assert.deepEqual(await upgradeJournals.read("dev", folder), []);
  });
});
