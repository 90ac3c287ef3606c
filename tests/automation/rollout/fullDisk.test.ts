import assert from "node:assert/strict";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { mock } from "node:test";
import type { RolloutEnvironment } from "../../../automation/commands/rollout/environment";
import { openToAbort, rolloutJournals } from "../../../automation/commands/rollout/journal";
import { checkOptions } from "../../../automation/commands/rollout/options";
import { driveRollout } from "../../../automation/commands/rollout/rollout";
import { statusOf } from "../../../model/canary/plan";

const open = fs.open;

/** Refuses to open a file for writing, as a full disk does. */
function fillDisk(): void {
  mock.method(fs, "open", (async (file, flags, mode) => {
    if (flags === undefined || flags === "r") return open(file, flags, mode);
    throw Object.assign(new Error(`ENOSPC: no space left on device, open '${file}'`), { code: "ENOSPC" });
  }) satisfies typeof fs.open);
}

describe("a rollout on a full disk", () => {
  let folder = "";
  let lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(tmpdir(), "full-"));
    lines = [];
    const journal = await rolloutJournals.open("dev", folder);
    await journal.add({ kind: "begun", plan: { steps: [50, 100], from: 10 } });
    await journal.add({ kind: "step", weight: 50 });
    await journal.close();
  });
  afterEach(async () => {
    mock.restoreAll();
    await fs.rm(folder, { recursive: true });
  });

  it("is aborted without lock and journal, with a warning", async () => {
    fillDisk();
    const done: string[] = [];
    const environment = {
      patchRoute: async (weight: number) => void done.push(`route ${weight}`),
      apply: async (weight: number) => void done.push(`set ${weight}`),
      confirm: async () => {},
    } as Partial<RolloutEnvironment> as RolloutEnvironment;
    const journal = await openToAbort("dev", say, folder);
    const interrupted = new AbortController().signal;
    const end = await driveRollout(checkOptions({ action: "abort" }), { journal, environment, say, interrupted });
    await journal.close();
    assert.deepEqual([end, done], ["rolled back", ["route 10", "set 10"]]);
    assert.match(lines[0] ?? "", /^warning: rolling back without a lock: ENOSPC/);
    assert.ok(
      lines.some((line) => line.startsWith("rolling back all the same: the journal cannot be written: ENOSPC")),
    );
    mock.restoreAll();
    assert.equal(statusOf(await rolloutJournals.read("dev", folder))?.end, undefined, "so that abort can be repeated");
  });

  it("is not aborted while another process drives it", async () => {
    const running = await rolloutJournals.open("dev", folder);
    fillDisk();
    await assert.rejects(openToAbort("dev", say, folder), { message: /^a rollout of stack dev is under way/ });
    mock.restoreAll();
    await running.close();
  });

  it("does not begin, and the message names what still works", async () => {
    fillDisk();
    await assert.rejects(rolloutJournals.open("dev", folder), {
      message:
        /^the lock of stack dev cannot be written: ENOSPC.*; fix: free some space, or .*npm run rollout -- abort$/,
      exitCode: 4,
    });
  });
});
