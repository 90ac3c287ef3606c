import assert from "node:assert/strict";
import { upWithoutGoneReleases } from "../../../automation/stack/goneReleases";

describe("an up that removes a Helm release", () => {
  /** Ways of the ups of a run whose first up fails with a message. */
  async function ways(message?: string): Promise<boolean[]> {
    const refreshes: boolean[] = [];
    await upWithoutGoneReleases(async (refresh) => {
      refreshes.push(refresh);
      if (message !== undefined && !refresh) throw new Error(message);
    });
    return refreshes;
  }

  it("runs without a refresh when nothing fails", async () => {
    assert.deepEqual(await ways(), [false]);
  });

  it("is retried once with a refresh if a killed process had uninstalled the release already", async () => {
    assert.deepEqual(await ways("uninstall: Release not loaded: istiod-1-30-3: release: not found"), [false, true]);
  });

  it("fails with any other error", async () => {
    await assert.rejects(ways("no answer"), { message: "no answer" });
  });
});
