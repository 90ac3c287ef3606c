import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RolloutController } from "../../../automation/commands/rollout/controller";
import { rolloutJournals } from "../../../automation/commands/rollout/journal";
import { probeProvider } from "../../../automation/commands/rollout/probes";
import type { TrafficController } from "../../../automation/commands/rollout/traffic";
import { noMeasurement } from "../../../model/canary/evidence";
import { statusOf } from "../../../model/canary/plan";
import { type Behaviour, FakeGateway } from "../../support/fakeGateway";

const plan = { steps: [50, 100], from: 10 };

describe("a rollout against a gateway that routes by its weight", function () {
  this.timeout(240_000);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rollout-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Drives one rollout; answers how it ended, what was done, and its journal. */
  async function drive(
    difference: Partial<Behaviour>,
    spoil: (gateway: FakeGateway, cancel: AbortController, weight: number) => void = () => {},
    // seconds: long where there is enough to decide on, however slow the machine is
    patience = 100,
    interruptedFirst = false,
  ) {
    const behaviour: Behaviour = { domain: "istio.test", weight: plan.from, ...difference };
    const gateway = await FakeGateway.open(behaviour);
    const journal = await rolloutJournals.open("dev", folder);
    const cancel = new AbortController();
    const done: string[] = [];
    const traffic: TrafficController = {
      apply: async (weight) => {
        done.push(`set ${weight}`);
        behaviour.weight = weight;
      },
      confirm: async (weight) => spoil(gateway, cancel, weight),
      patchRoute: async (weight) => {
        done.push(`route ${weight}`);
        behaviour.weight = weight;
      },
      versions: async () => "same",
    };
    const provider = probeProvider(
      { host: "helloworld.istio.test", address: "127.0.0.1", port: gateway.httpsPort, tls: { ca: gateway.ca } },
      5000,
    );
    await journal.add({ kind: "begun", plan });
    if (interruptedFirst) cancel.abort();
    const pace = { interval: 0.2, progressInterval: 10, stepTimeout: patience, warmUp: 0, baseline: 0 };
    const parts = { journal, traffic, provider, say: () => {}, interrupted: cancel.signal, pace };
    const end = await new RolloutController(parts).run(plan, 0);
    await journal.close();
    gateway.close();
    return { end, done, entries: await rolloutJournals.read("dev", folder) };
  }

  it("promotes a version 2 that is as good", async () => {
    const { end, done, entries } = await drive({});
    assert.equal(end, "promoted");
    assert.deepEqual(done, ["set 50", "set 100"]);
    assert.deepEqual(
      entries.filter(({ kind }) => kind !== "measured").map(({ kind }) => kind),
      ["begun", "step", "verdict", "step", "verdict", "ended"],
    );
  });

  it("is rolled back after an unexpected error", async () => {
    const journal = await rolloutJournals.open("dev", folder);
    await journal.add({ kind: "begun", plan });
    const done: string[] = [];
    const traffic: TrafficController = {
      apply: async (weight) => void done.push(`set ${weight}`),
      confirm: async () => {},
      patchRoute: async (weight) => void done.push(`route ${weight}`),
      versions: async () => "same",
    };
    const provider = {
      ...{ name: "broken", byWeight: true, measure: async () => noMeasurement },
      get lag(): number {
        throw new TypeError("x is not a function");
      },
    };
    const pace = { interval: 0.1, progressInterval: 10, stepTimeout: 100, warmUp: 0, baseline: 0 };
    const interrupted = new AbortController().signal;
    const parts = { journal, traffic, provider, say: () => {}, interrupted, pace };
    const end = await new RolloutController(parts).run(plan, 0);
    const last = journal.entries.at(-1);
    await journal.close();
    assert.deepEqual([end, done], ["rolled back", ["set 50", "route 10", "set 10"]]);
    assert.ok(last?.kind === "ended" && last.reason === "x is not a function");
  });

  it("prints the requests that the steps need, also when the first one is the weight before the rollout", async () => {
    const behaviour: Behaviour = { domain: "istio.test", weight: 50 };
    const gateway = await FakeGateway.open(behaviour);
    const journal = await rolloutJournals.open("dev", folder);
    const printed: string[] = [];
    const same = { steps: [50], from: 50 };
    await journal.add({ kind: "begun", plan: same });
    const traffic: TrafficController = {
      apply: async () => {},
      confirm: async () => {},
      patchRoute: async () => {},
      versions: async () => "same",
    };
    const parts = {
      provider: probeProvider(
        { host: "helloworld.istio.test", address: "127.0.0.1", port: gateway.httpsPort, tls: { ca: gateway.ca } },
        500,
      ),
      pace: { interval: 0.1, progressInterval: 10, stepTimeout: 100, warmUp: 0, baseline: 0.5 },
      interrupted: new AbortController().signal,
    };
    const say = (line: string) => void printed.push(line);
    const end = await new RolloutController({ ...parts, journal, traffic, say }).run(same, 0);
    const counted = journal.entries.filter((entry) => entry.kind === "measured");
    await journal.close();
    gateway.close();
    assert.equal(end, "promoted");
    assert.match(printed[1] ?? "", /^step 50 %: about [\d,]+ requests of both versions, /);
    assert.ok(counted[0]?.warmUp && !counted.at(-1)?.warmUp);
  });

  it("rolls a bad version 2 back, the route before the configuration", async () => {
    const { end, done, entries } = await drive({ errors: { v1: 0, v2: 30 } });
    assert.equal(end, "rolled back");
    assert.deepEqual(done, ["set 50", "route 10", "set 10"]);
    assert.match(statusOf(entries)?.reason ?? "", /^failed requests: version 2 \d+\.\d %, version 1 0\.0 %$/);
  });

  it("pauses when both versions are bad", async () => {
    const { end, done } = await drive({ errors: { v1: 30, v2: 30 } }, undefined, 1);
    assert.equal(end, "paused");
    assert.deepEqual(done, ["set 50"]);
  });

  it("pauses and never promotes when nothing can be measured", async () => {
    const { end, entries } = await drive({}, (gateway) => gateway.close(), 1);
    assert.equal(end, "paused");
    assert.match(statusOf(entries)?.reason ?? "", /^probes: no probe was answered: /);
  });

  it("pauses when an up fails, and prints the reason", async () => {
    const { end, entries } = await drive({}, (_door, _cancel, weight) => {
      if (weight === 100) throw new Error("the gateway does not route by 100 %");
    });
    assert.equal(end, "paused");
    assert.equal(statusOf(entries)?.reason, "the gateway does not route by 100 %");
    assert.equal(statusOf(entries)?.step, 1);
  });

  it("is rolled back also when nothing confirms it, with a warning", async () => {
    const { end, entries } = await drive({ errors: { v1: 0, v2: 50 } }, (_door, _cancel, weight) => {
      if (weight === plan.from) throw new Error("no gateway answers");
    });
    assert.equal(end, "rolled back");
    assert.match(statusOf(entries)?.reason ?? "", /; not confirmed: no gateway answers$/);
  });

  it("does not take a step after it was interrupted", async () => {
    const { end, done } = await drive({}, undefined, undefined, true);
    assert.deepEqual([end, done], ["cancelled", []]);
  });

  it("goes back when it is interrupted", async () => {
    const { end, done } = await drive({}, (_door, cancel, weight) => (weight === 100 ? cancel.abort() : undefined));
    assert.equal(end, "cancelled");
    assert.deepEqual(done, ["set 50", "set 100", "route 10", "set 10"]);
  });
});
