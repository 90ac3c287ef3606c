import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RolloutController } from "../../../automation/commands/rollout/controller";
import { gatewayPods, gatewayProvider } from "../../../automation/commands/rollout/gatewayCounters";
import { rolloutJournals } from "../../../automation/commands/rollout/journal";
import { counterProvider, type MetricsProvider } from "../../../automation/commands/rollout/metricsProvider";
import { type CounterSnapshot, noTally } from "../../../model/canary/counters";

const looks = (...snapshots: CounterSnapshot[]) => {
  let next = 0;
  return async () => snapshots[Math.min(next++, snapshots.length - 1)] as CounterSnapshot;
};
const pod = (v1: number, v2: number, errors = 0): CounterSnapshot =>
  new Map([
    [
      "gateway a",
      {
        v1: { ...noTally, answers: { 2: v1 }, within: { "5": v1, "+Inf": v1 } },
        v2: { ...noTally, answers: { 2: v2 - errors, 5: errors }, within: { "5": v2, "+Inf": v2 } },
      },
    ],
  ]);

describe("a source of counters", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "sources-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function drive(source: MetricsProvider, at = (_weight: number): void => {}) {
    const printed: string[] = [];
    const journal = await rolloutJournals.open("dev", folder);
    const done: string[] = [];
    const traffic = {
      apply: async (weight: number) => {
        done.push(`set ${weight}`);
        at(weight);
      },
      confirm: async () => {},
      patchRoute: async (weight: number) => void done.push(`route ${weight}`),
      versions: async () => "same",
    };
    const pace = { interval: 0.01, progressInterval: 0, stepTimeout: 0.5, warmUp: 0, baseline: 0 };
    const plan = { steps: [50], from: 10 };
    await journal.clear();
    await journal.add({ kind: "begun", plan });
    const say = (line: string) => void printed.push(line);
    const interrupted = new AbortController().signal;
    const end = await new RolloutController({ journal, traffic, provider: source, say, interrupted, pace }).run(
      plan,
      0,
    );
    const last = journal.entries.at(-1);
    await journal.close();
    return { end, done, printed: printed, reason: last?.kind === "ended" ? last.reason : "" };
  }

  it("lets a rollout advance by what was added in the window", async () => {
    const { end, reason } = await drive(
      counterProvider("counters", 0, true, looks(pod(9000, 9000, 900), pod(11000, 11000, 900))),
    );
    assert.deepEqual([end, reason], ["promoted", "every step passed, and version 2 gets 50 % of the requests"]);
  });

  it("does not compare the share with the weight if a header or a cookie also selects the version", async () => {
    const skewed = () => looks(pod(0, 0), pod(1000, 3000));
    const result = await drive(counterProvider("counters", 0, true, skewed()));
    assert.deepEqual([result.end, result.reason], ["paused", "version 2 got 3000 of 4000 requests, not 50 %"]);
    assert.equal((await drive(counterProvider("counters", 0, false, skewed()))).end, "promoted");
  });

  it("does not count requests of the previous weight that a delayed counter reports", async () => {
    const began = performance.now();
    let switched = Number.POSITIVE_INFINITY;
    const lag = 0.1;
    // ten requests a millisecond, told as they were `lag` seconds ago
    const late = async () => {
      const now = performance.now() - lag * 1000;
      const [before, after] = [Math.min(now, switched) - began, Math.max(0, now - switched)].map(
        (ms) => ms * 10 + 5000,
      );
      return pod(
        Math.round((before ?? 0) * 0.9 + (after ?? 0) * 0.5),
        Math.round((before ?? 0) * 0.1 + (after ?? 0) * 0.5),
      );
    };
    const { end, reason } = await drive(counterProvider("counters", lag, true, late), () => {
      switched = performance.now();
    });
    assert.deepEqual([end, reason], ["promoted", "every step passed, and version 2 gets 50 % of the requests"]);
  });

  it("learns from several windows what is slow, when one has too few answers", async () => {
    const few = (answers: number): CounterSnapshot => pod(answers, answers);
    const provider = counterProvider("counters", 0, true, looks(few(0), few(30), few(30), few(60), few(60), few(90)));
    const bounds = [];
    for (let window = 0; window < 3; window++) bounds.push((await provider.measure(0.01)).slowAbove);
    assert.deepEqual(bounds, [undefined, 5, 5]);
  });

  it("prints the progress of the step", async () => {
    const untimed = new Map([
      ["gateway a", { v1: { ...noTally, answers: { 2: 3000 } }, v2: { ...noTally, answers: { 2: 3000 } } }],
    ]);
    const { end, printed } = await drive(counterProvider("counters", 0, true, looks(new Map(), untimed)));
    assert.equal(end, "paused");
    assert.equal(
      printed[1],
      "weight 50 %: 6000 requests, 50.0 % of them to version 2, failed 0.0 %, version 1 0.0 %; none of 3000 answers of version 2 came with its time",
    );
  });

  it("rolls back by the errors that were added", async () => {
    const { end, done } = await drive(
      counterProvider("counters", 0, true, looks(pod(9000, 9000), pod(10000, 10000, 300))),
    );
    assert.deepEqual([end, done], ["rolled back", ["set 50", "route 10", "set 10"]]);
  });

  it("rolls back a version 2 that never answers, before any client times out, and ignores requests that waited before", async () => {
    const waiting = (answers: number, active: number): CounterSnapshot =>
      new Map([
        [
          "gateway a",
          {
            v1: { ...noTally, answers: { 2: answers }, within: { "5": answers, "+Inf": answers }, active: 1 },
            v2: { ...noTally, answers: { 2: answers - active }, active },
          },
        ],
      ]);
    const { end, reason } = await drive(
      counterProvider("counters", 0, true, looks(waiting(900, 20), waiting(1100, 40))),
    );
    assert.deepEqual([end, reason], ["rolled back", "failed requests: version 2 10.0 %, version 1 0.0 %"]);
  });

  it("pauses at once when a counter began anew", async () => {
    const { end, done, reason } = await drive(
      counterProvider("counters", 0, true, looks(pod(9000, 9000), pod(20, 20))),
    );
    assert.deepEqual([end, done], ["paused", ["set 50"]]);
    assert.equal(reason, "counters: gateway a counts anew: 20 answers of v1, 9000 before");
  });

  it("pauses without traffic, and when it cannot be reached", async () => {
    assert.equal(
      (await drive(counterProvider("counters", 0, true, async () => pod(5, 5)))).reason,
      "version 2 got no request",
    );
    const away = await drive(counterProvider("counters", 0, true, () => Promise.reject(new Error("no answer in 5 s"))));
    assert.deepEqual([away.end, away.reason], ["paused", "counters: no answer in 5 s"]);
  });
});

describe("the gateway's counters", () => {
  const item = (name: string, phase: string, deletionTimestamp?: string) => ({
    metadata: { name, ...(deletionTimestamp && { deletionTimestamp }) },
    status: { phase },
  });

  it("come from every pod that serves, through the API server", async () => {
    const asked: string[] = [];
    const api = {
      get: async <T>(path: string): Promise<T> => {
        asked.push(path);
        return {
          items: [item("a", "Running"), item("b", "Pending"), item("c", "Running", "2026-11-23T00:00:00Z")],
        } as T;
      },
      text: async (path: string) => {
        asked.push(path);
        throw new Error("503");
      },
    };
    assert.deepEqual(await gatewayPods(api), ["a"]);
    await assert.rejects(gatewayProvider(api, true).measure(0), { message: "503" });
    assert.deepEqual(asked.slice(1), [
      "/api/v1/namespaces/istio-system/pods?labelSelector=istio%3Dingressgateway",
      "/api/v1/namespaces/istio-system/pods/a:15090/proxy/stats/prometheus?filter=upstream_(rq_(%5B1-5%5Dxx%7Ctime%7Ctimeout%7Cper_try_timeout%7Ctx_reset%7Crx_reset%7Cactive)%7Ccx_(destroy_local_with_active_rq%7Cprotocol_error))",
    ]);
  });

  it("are none if no gateway runs", async () => {
    const api = { get: async <T>() => ({ items: [] }) as T, text: async () => "" };
    await assert.rejects(gatewayProvider(api, true).measure(0), {
      message: "no pod of the ingress gateway is running",
    });
  });
});
