import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { RolloutController } from "../../automation/commands/rollout/drive";
import { Journal } from "../../automation/commands/rollout/journal";
import { probes } from "../../automation/commands/rollout/probes";
import type { TrafficController } from "../../automation/commands/rollout/traffic";
import { refuseDuringSteps, refuseOtherWork } from "../../automation/stack/routeLock";
import { Lock } from "../../host/lock";
import { noMeasurement } from "../../model/canary/evidence";
import { statusOf } from "../../model/canary/plan";
import { type Behaviour, Door } from "../support/door";

const plan = { steps: [50, 100], from: 10 };

describe("a rollout against a door that answers by its weight", function () {
  this.timeout(240_000);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rollout-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Drives one rollout; answers how it ended, what was done, and its journal. */
  async function drive(
    difference: Partial<Behaviour>,
    spoil: (door: Door, cancel: AbortController, weight: number) => void = () => {},
    // seconds: long where there is enough to decide on, however slow the machine is
    patience = 100,
    interruptedFirst = false,
  ) {
    const behaviour: Behaviour = { domain: "istio.test", weight: plan.from, ...difference };
    const door = await Door.open(behaviour);
    const journal = await Journal.open(folder, "dev");
    const cancel = new AbortController();
    const done: string[] = [];
    const traffic: TrafficController = {
      apply: async (weight) => {
        done.push(`set ${weight}`);
        behaviour.weight = weight;
      },
      confirm: async (weight) => spoil(door, cancel, weight),
      patchRoute: async (weight) => {
        done.push(`route ${weight}`);
        behaviour.weight = weight;
      },
      versions: async () => "same",
    };
    const provider = probes(
      { host: "helloworld.istio.test", address: "127.0.0.1", port: door.httpsPort, tls: { ca: door.ca } },
      5000,
    );
    await journal.add({ kind: "begun", plan });
    if (interruptedFirst) cancel.abort();
    const pace = { interval: 0.2, progressInterval: 10, stepTimeout: patience, warmUp: 0, baseline: 0 };
    const parts = { journal, traffic, provider, say: () => {}, interrupted: cancel.signal, pace };
    const end = await new RolloutController(parts).run(plan, 0);
    await journal.close();
    door.close();
    return { end, done, entries: await Journal.read(folder, "dev") };
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

  it("is rolled back by an error that nobody expects", async () => {
    const journal = await Journal.open(folder, "dev");
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

  it("says what the steps need, also when the first one is the weight before the rollout", async () => {
    const behaviour: Behaviour = { domain: "istio.test", weight: 50 };
    const door = await Door.open(behaviour);
    const journal = await Journal.open(folder, "dev");
    const said: string[] = [];
    const same = { steps: [50], from: 50 };
    await journal.add({ kind: "begun", plan: same });
    const traffic: TrafficController = {
      apply: async () => {},
      confirm: async () => {},
      patchRoute: async () => {},
      versions: async () => "same",
    };
    const parts = {
      provider: probes(
        { host: "helloworld.istio.test", address: "127.0.0.1", port: door.httpsPort, tls: { ca: door.ca } },
        500,
      ),
      pace: { interval: 0.1, progressInterval: 10, stepTimeout: 100, warmUp: 0, baseline: 0.5 },
      interrupted: new AbortController().signal,
    };
    const say = (line: string) => void said.push(line);
    const end = await new RolloutController({ ...parts, journal, traffic, say }).run(same, 0);
    const counted = journal.entries.filter((entry) => entry.kind === "measured");
    await journal.close();
    door.close();
    assert.equal(end, "promoted");
    assert.match(said[1] ?? "", /^step 50 %: about [\d,]+ requests of both versions, /);
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
    const { end, entries } = await drive({}, (door) => door.close(), 1);
    assert.equal(end, "paused");
    assert.match(statusOf(entries)?.reason ?? "", /^probes: no probe was answered: /);
  });

  it("pauses when an up fails, and says why", async () => {
    const { end, entries } = await drive({}, (_door, _cancel, weight) => {
      if (weight === 100) throw new Error("the gateway does not route by 100 %");
    });
    assert.equal(end, "paused");
    assert.equal(statusOf(entries)?.reason, "the gateway does not route by 100 %");
    assert.equal(statusOf(entries)?.step, 1);
  });

  it("is rolled back also when nothing confirms it, and says so", async () => {
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

describe("the journal of a rollout", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("tells another process where a killed rollout stood, without the line that the kill cut short", async () => {
    const journal = await Journal.open(folder, "dev");
    await journal.add({ kind: "begun", plan });
    await journal.add({ kind: "step", weight: 50 });
    await journal.add({ kind: "verdict", weight: 50, verdict: { outcome: "pass", code: "as-good", reason: "" } });
    await journal.add({ kind: "step", weight: 100 });
    appendFileSync(path.join(folder, "dev.jsonl"), '{"at":"2026-11-23T00:00:01Z","kind":"ended","end":"promo');
    assert.deepEqual(statusOf(await Journal.read(folder, "dev")), { plan, step: 1 });
  });

  it("keeps the lines that follow a torn one, and ignores foreign lines", async () => {
    const file = path.join(folder, "dev.jsonl");
    const before = await Journal.open(folder, "dev");
    await before.add({ kind: "begun", plan });
    await before.add({ kind: "step", weight: 50 });
    await before.close();
    appendFileSync(file, 'null\n{"at":"2026-11-26T10:00:03Z","kind":"measured","weight":50,"stab');
    const after = await Journal.open(folder, "dev");
    await after.add({ kind: "ended", end: "rolled back", reason: "aborted" });
    await after.close();
    assert.equal(statusOf(await Journal.read(folder, "dev"))?.end, "rolled back");
  });

  it("says that it cannot be written", async () => {
    const journal = await Journal.open(folder, "dev");
    mkdirSync(path.join(folder, "dev.jsonl"));
    await assert.rejects(journal.add({ kind: "begun", plan }), { message: /^the journal cannot be written: EISDIR/ });
    assert.deepEqual(journal.entries, []);
    await journal.close();
  });

  for (const [work, file] of [
    ["a mesh test", "../trials/dev/lock"],
    ["an upgrade", "dev.upgrade.lock"],
  ] as const)
    it(`is not opened during ${work}, nor the other way round`, async () => {
      // the locks of mesh tests are beside the folder of the rollouts
      const rollouts = path.join(folder, "rollouts");
      const other = await Lock.acquire(path.join(rollouts, file));
      await assert.rejects(Journal.open(rollouts, "dev"), {
        message: new RegExp(`^${work} of stack dev is under way`),
        exitCode: 4,
      });
      await other.release();
      const journal = await Journal.open(rollouts, "dev");
      await assert.rejects(refuseOtherWork(rollouts, "dev", work === "an upgrade" ? "upgrade" : "test"), {
        message: /^a rollout of stack dev is under way/,
      });
      await journal.close();
    });

  it("keeps an up of another process from changing what it measures", async () => {
    writeFileSync(path.join(folder, "dev.lock"), JSON.stringify({ pid: process.ppid, host: hostname(), id: "other" }));
    await assert.rejects(refuseDuringSteps("dev", folder), {
      message: new RegExp(`^a rollout of stack dev is under way \\(process ${process.ppid} on`),
    });
    await refuseDuringSteps("ci", folder);
  });

  it("belongs to one process at a time, and to the next when that has ended", async () => {
    const journal = await Journal.open(folder, "dev");
    await assert.rejects(Journal.open(folder, "dev"), {
      message: `a rollout of stack dev is under way (process ${process.pid} on ${hostname()}); wait for it, or end it: kill ${process.pid}`,
      exitCode: 4,
    });
    await journal.close();
    writeFileSync(path.join(folder, "dev.lock"), "999999999");
    const next = await Journal.open(folder, "dev");
    await next.close();
    assert.ok(!existsSync(path.join(folder, "dev.lock")));
  });
});
