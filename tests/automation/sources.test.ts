import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { RolloutController } from "../../automation/commands/rollout/drive";
import { gatewayCounters, gatewayPods } from "../../automation/commands/rollout/gatewayCounters";
import { Journal } from "../../automation/commands/rollout/journal";
import { type Ask, askByUrl, askOwn, prometheus, scrapes } from "../../automation/commands/rollout/prometheus";
import { counters, type MetricsProvider } from "../../automation/commands/rollout/source";
import { noTally, type Snapshot } from "../../model/canary/counters";
import type { Series } from "../../model/canary/prometheusSamples";

const looks = (...snapshots: Snapshot[]) => {
  let next = 0;
  return async () => snapshots[Math.min(next++, snapshots.length - 1)] as Snapshot;
};
const pod = (v1: number, v2: number, errors = 0): Snapshot =>
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
    const said: string[] = [];
    const journal = await Journal.open(folder, "dev");
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
    const say = (line: string) => void said.push(line);
    const interrupted = new AbortController().signal;
    const end = await new RolloutController({ journal, traffic, provider: source, say, interrupted, pace }).run(
      plan,
      0,
    );
    const last = journal.entries.at(-1);
    await journal.close();
    return { end, done, said, reason: last?.kind === "ended" ? last.reason : "" };
  }

  it("lets a rollout advance by what was added in the window", async () => {
    const { end, reason } = await drive(
      counters("counters", 0, true, looks(pod(9000, 9000, 900), pod(11000, 11000, 900))),
    );
    assert.deepEqual([end, reason], ["promoted", "every step passed, and version 2 gets 50 % of the requests"]);
  });

  it("does not ask the share to follow the weight where a header or a cookie chooses too", async () => {
    const skewed = () => looks(pod(0, 0), pod(1000, 3000));
    const held = await drive(counters("counters", 0, true, skewed()));
    assert.deepEqual([held.end, held.reason], ["paused", "version 2 got 3000 of 4000 requests, not 50 %"]);
    assert.equal((await drive(counters("counters", 0, false, skewed()))).end, "promoted");
  });

  it("does not count what a late counter still tells of the weight before", async () => {
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
    const { end, reason } = await drive(counters("counters", lag, true, late), () => {
      switched = performance.now();
    });
    assert.deepEqual([end, reason], ["promoted", "every step passed, and version 2 gets 50 % of the requests"]);
  });

  it("learns from several windows what is slow, when one has too few answers", async () => {
    const few = (answers: number): Snapshot => pod(answers, answers);
    const provider = counters("counters", 0, true, looks(few(0), few(30), few(30), few(60), few(60), few(90)));
    const bounds = [];
    for (let window = 0; window < 3; window++) bounds.push((await provider.measure(0.01)).slowAbove);
    assert.deepEqual(bounds, [undefined, 5, 5]);
  });

  it("tells a person who waits where the step stands", async () => {
    const untimed = new Map([
      ["gateway a", { v1: { ...noTally, answers: { 2: 3000 } }, v2: { ...noTally, answers: { 2: 3000 } } }],
    ]);
    const { end, said } = await drive(counters("counters", 0, true, looks(new Map(), untimed)));
    assert.equal(end, "paused");
    assert.equal(
      said[1],
      "weight 50 %: 6000 requests, 50.0 % of them to version 2, failed 0.0 %, version 1 0.0 %; none of 3000 answers of version 2 came with its time",
    );
  });

  it("rolls back by the errors that were added", async () => {
    const { end, done } = await drive(counters("counters", 0, true, looks(pod(9000, 9000), pod(10000, 10000, 300))));
    assert.deepEqual([end, done], ["rolled back", ["set 50", "route 10", "set 10"]]);
  });

  it("rolls back a version 2 that never answers, before any client has given up, and leaves out what waited before", async () => {
    const waiting = (answers: number, active: number): Snapshot =>
      new Map([
        [
          "gateway a",
          {
            v1: { ...noTally, answers: { 2: answers }, within: { "5": answers, "+Inf": answers }, active: 1 },
            v2: { ...noTally, answers: { 2: answers - active }, active },
          },
        ],
      ]);
    const { end, reason } = await drive(counters("counters", 0, true, looks(waiting(900, 20), waiting(1100, 40))));
    assert.deepEqual([end, reason], ["rolled back", "failed requests: version 2 10.0 %, version 1 0.0 %"]);
  });

  it("pauses at once when a counter began anew", async () => {
    const { end, done, reason } = await drive(counters("counters", 0, true, looks(pod(9000, 9000), pod(20, 20))));
    assert.deepEqual([end, done], ["paused", ["set 50"]]);
    assert.equal(reason, "counters: gateway a counts anew: 20 answers of v1, 9000 before");
  });

  it("pauses without traffic, and when it cannot be reached", async () => {
    assert.equal(
      (await drive(counters("counters", 0, true, async () => pod(5, 5)))).reason,
      "version 2 got no request",
    );
    const away = await drive(counters("counters", 0, true, () => Promise.reject(new Error("no answer in 5 s"))));
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
    await assert.rejects(gatewayCounters(api, true).measure(0), { message: "503" });
    assert.deepEqual(asked.slice(1), [
      "/api/v1/namespaces/istio-system/pods?labelSelector=istio%3Dingressgateway",
      "/api/v1/namespaces/istio-system/pods/a:15090/proxy/stats/prometheus?filter=upstream_(rq_(%5B1-5%5Dxx%7Ctime%7Ctimeout%7Cper_try_timeout%7Ctx_reset%7Crx_reset%7Cactive)%7Ccx_(destroy_local_with_active_rq%7Cprotocol_error))",
    ]);
  });

  it("are none where no gateway runs", async () => {
    const api = { get: async <T>() => ({ items: [] }) as T, text: async () => "" };
    await assert.rejects(gatewayCounters(api, true).measure(0), {
      message: "no pod of the ingress gateway is running",
    });
  });
});

describe("prometheus", () => {
  const ok = (labels: object, ...values: [number, string][]): Series => ({
    metric: {
      __name__: "istio_requests_total",
      pod: "gw-1",
      destination_version: "v2",
      response_code: "200",
      ...labels,
    },
    values,
  });
  const answers = (...results: Series[][]): Ask => {
    let next = 0;
    return async () => ({ status: "success", data: { result: results[Math.min(next++, results.length - 1)] ?? [] } });
  };

  async function serve<T>(status: number, body: string, use: (url: string) => Promise<T>) {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    } finally {
      server.close();
    }
  }

  const idle = async (): Promise<Snapshot> => new Map();

  it("counts requests that the gateway still waits for, which Istio's metrics do not have", async () => {
    const waiting = async (): Promise<Snapshot> =>
      new Map([["gateway gw-1", { v1: noTally, v2: { ...noTally, active: 7 } }]]);
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    const provider = prometheus(answers(at(1, "900"), at(1.1, "950"), at(1.2, "1000")), waiting, true);
    const { canary, overdue } = await provider.measure(0.01);
    assert.deepEqual([canary.requests, overdue], [50, { stable: 0, canary: 7 }]);
  });

  it("measures nothing when the gateway does not say what it waits for", async () => {
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    const refused = () => Promise.reject(new Error("pods is forbidden"));
    const provider = prometheus(answers(at(1, "900"), at(1.1, "950"), at(1.2, "1000")), refused, true);
    await assert.rejects(provider.measure(0.01), { message: "pods is forbidden" });
  });

  it("measures between two scrapes, whatever their interval is", async () => {
    const first = [ok({}, [100, "1000"], [100.1, "1010"])];
    const second = [ok({}, [100.1, "1010"], [100.2, "1040"])];
    const third = [ok({}, [100.2, "1040"], [100.3, "1100"])];
    const provider = prometheus(answers(first, first, second, second, third), idle, true);
    assert.equal(provider.lag, 16);
    const { canary } = await provider.measure(0.01);
    assert.equal(canary.requests, 60, "from a scrape that began after the call");
    assert.ok(provider.lag < 1.2);
  });

  it("does not take what a gateway counted before for new", async () => {
    const known = [ok({ destination_version: "v1" }, [1, "5"], [1.1, "6"])];
    const again = [ok({ destination_version: "v1" }, [1.1, "6"], [1.2, "7"])];
    const days = [ok({ destination_version: "v1" }, [1.2, "7"], [1.3, "8"]), ok({ pod: "gw-2" }, [1.3, "10000"])];
    await assert.rejects(prometheus(answers(known, again, days), idle, true).measure(0.01), {
      message: "gateway gw-2 is new to it",
    });
    await assert.rejects(prometheus(answers([]), idle, true).measure(0.01), {
      message: "it has no samples of the gateway's requests to the app",
    });
  });

  it("counts as lost what a restarted gateway had counted", async () => {
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    await assert.rejects(prometheus(answers(at(1, "900"), at(1.1, "950"), at(1.2, "4")), idle, true).measure(0.01), {
      name: "CounterReset",
    });
  });

  it("is asked through the API server where it is the environment's own", async () => {
    const paths: string[] = [];
    const get = async <T>(path: string) => {
      paths.push(path);
      return { status: "success", data: { result: [ok({}, [1, "8"])] } } as T;
    };
    const { snapshot } = await scrapes(askOwn({ get }), 60);
    assert.deepEqual(snapshot.get("gateway gw-1")?.v2.answers, { 2: 8 });
    assert.match(
      paths[0] ?? "",
      /^\/api\/v1\/namespaces\/istio-system\/services\/prometheus:9090\/proxy\/api\/v1\/query\?query=%7B__name__/,
    );
  });

  it("says what Prometheus says against the query, or what answers in its place", async () => {
    const refusal = JSON.stringify({ status: "error", error: "query timed out" });
    await assert.rejects(
      serve(422, refusal, (url) => scrapes(askByUrl(url), 60)),
      { message: "query timed out" },
    );
    await assert.rejects(
      serve(503, "<html>unavailable</html>", (url) => scrapes(askByUrl(url), 60)),
      /answers 503, which is no answer of Prometheus to a query$/,
    );
  });
});
