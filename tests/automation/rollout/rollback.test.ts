import assert from "node:assert/strict";
import { JournalFailed } from "../../../automation/commands/rollout/journal";
import { rollBack } from "../../../automation/commands/rollout/rollback";
import { RoutedOtherwise, type TrafficController } from "../../../automation/commands/rollout/traffic";
import { isResumable, type RolloutEntry, type RolloutEvent, statusOf } from "../../../model/canary/plan";

const rollback = { to: 10, end: "rolled back", reason: "errors 40.0 %" } as const;
const at = "2026-11-26T00:00:00Z";
const begun: RolloutEntry = { at, kind: "begun", plan: { steps: [50, 100], from: 10 } };

/** Fails with the messages one by one, and then succeeds. */
const failing = (...messages: readonly (string | Error)[]) => {
  const left = [...messages];
  return async () => {
    const next = left.shift();
    if (next !== undefined) throw typeof next === "string" ? new Error(next) : next;
  };
};
const always = (message: string) => () => Promise.reject(new Error(message));

describe("a rollback", () => {
  async function roll(more: Partial<TrafficController>, journalFails = false) {
    const done: string[] = [];
    const printed: string[] = [];
    const entries: RolloutEntry[] = [begun];
    const traffic: TrafficController = {
      patchRoute: async () => {},
      apply: async () => {},
      confirm: async () => {},
      versions: async () => "same",
      ...more,
    };
    const record =
      <Args extends readonly unknown[]>(name: string, work: (...args: Args) => Promise<void>) =>
      (...args: Args) => {
        done.push(`${name} ${args[0]}`);
        return work(...args);
      };
    const result = await rollBack(
      rollback,
      {
        ...traffic,
        patchRoute: record("route", traffic.patchRoute),
        apply: record("apply", traffic.apply),
        confirm: record("confirm", traffic.confirm),
      },
      {
        add: async (event: RolloutEvent) => {
          if (journalFails) throw new JournalFailed("the journal cannot be written: ENOSPC: no space left on device");
          done.push(event.kind);
          entries.push({ at, ...event });
        },
      },
      (line) => printed.push(line),
      { routeSeconds: 0.2, applyAttempts: 3, wait: 5 },
    );
    return { ...result, done, printed: printed, status: statusOf(entries) };
  }

  it("records its intention, then changes the route, then configuration and state", async () => {
    const { end, done, status } = await roll({});
    assert.equal(end, "rolled back");
    assert.deepEqual(done, ["rolling back", "route 10", "apply 10", "confirm 10", "ended"]);
    assert.ok(status && !isResumable(status));
  });

  it("changes the route again when the API server refuses it", async () => {
    const { end, done, printed } = await roll({ patchRoute: failing("answers 500", "answers 500") });
    assert.equal(end, "rolled back");
    assert.equal(done.filter((one) => one === "route 10").length, 3);
    assert.deepEqual(printed, [
      "rolling back to 10 %: errors 40.0 %",
      "the route does not change: answers 500; trying again",
    ]);
  });

  it("is done by Pulumi when the API server does not change the route", async () => {
    const { end, done } = await roll({ patchRoute: always("forbidden") });
    assert.equal(end, "rolled back");
    assert.deepEqual(done.slice(-3), ["apply 10", "confirm 10", "ended"]);
  });

  it("ends as not rolled back when neither works, and can be finished later", async () => {
    const { end, reason, status } = await roll({ patchRoute: always("answers 500"), apply: always("update failed") });
    assert.equal(end, "not rolled back");
    assert.equal(reason, "errors 40.0 %; answers 500; update failed");
    assert.ok(status && isResumable(status));
    assert.deepEqual(status.rollback, rollback);
  });

  it("ends as not rolled back when a gateway still routes by the weight that failed", async () => {
    const { end } = await roll({ confirm: () => Promise.reject(new RoutedOtherwise("gateway b routes by 50 %")) });
    assert.equal(end, "not rolled back");
  });

  it("needs no disk: the route goes back when the journal and the configuration cannot be written", async () => {
    const { end, done, printed } = await roll({ apply: always("ENOSPC: no space left on device") }, true);
    assert.equal(end, "rolled back");
    assert.equal(done[0], "route 10");
    assert.match(printed.at(-1) ?? "", /the configuration does not: ENOSPC.*; fix: npm run rollout -- abort$/);
  });

  it("stays unfinished in the journal when the configuration did not follow, so that abort finishes it", async () => {
    const { end, status } = await roll({ apply: always("the stack is locked") });
    assert.equal(end, "rolled back");
    assert.ok(status && isResumable(status));
    assert.deepEqual(status.rollback, rollback);
  });
});
