import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type PrometheusQuery,
  prometheusProvider,
  queryByUrl,
  queryThroughApi,
  readScrapes,
} from "../../../automation/commands/rollout/prometheus";
import { type CounterSnapshot, noTally } from "../../../model/canary/counters";
import type { PrometheusSeries } from "../../../model/canary/prometheusSamples";

describe("prometheus", () => {
  const ok = (labels: object, ...values: [number, string][]): PrometheusSeries => ({
    metric: {
      __name__: "istio_requests_total",
      pod: "gw-1",
      destination_version: "v2",
      response_code: "200",
      ...labels,
    },
    values,
  });
  const answers = (...results: PrometheusSeries[][]): PrometheusQuery => {
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

  const idle = async (): Promise<CounterSnapshot> => new Map();

  it("counts requests to the Services of an HTTPRoute, also if the gateway does not know the version behind ztunnel", async () => {
    const labels = { destination_version: "unknown", destination_service_name: "helloworld-v2" };
    const at = (time: number, value: string) => [ok(labels, [time - 0.1, "0"], [time, value])];
    let sentQuery = "";
    const respond = answers(at(1, "900"), at(1.1, "950"), at(1.2, "1000"));
    const ask: PrometheusQuery = (query) => {
      sentQuery = query;
      return respond(query);
    };
    const { canary } = await prometheusProvider(ask, idle, true).measure(0.01);
    assert.equal(canary.requests, 50);
    assert.match(sentQuery, /destination_service_name=~"helloworld\|helloworld-v1\|helloworld-v2"/);
  });

  it("counts requests that the gateway still waits for, which Istio's metrics do not have", async () => {
    const waiting = async (): Promise<CounterSnapshot> =>
      new Map([["gateway gw-1", { v1: noTally, v2: { ...noTally, active: 7 } }]]);
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    const provider = prometheusProvider(answers(at(1, "900"), at(1.1, "950"), at(1.2, "1000")), waiting, true);
    const { canary, overdue } = await provider.measure(0.01);
    assert.deepEqual([canary.requests, overdue], [50, { stable: 0, canary: 7 }]);
  });

  it("measures nothing when the gateway does not report its requests under way", async () => {
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    const refused = () => Promise.reject(new Error("pods is forbidden"));
    const provider = prometheusProvider(answers(at(1, "900"), at(1.1, "950"), at(1.2, "1000")), refused, true);
    await assert.rejects(provider.measure(0.01), { message: "pods is forbidden" });
  });

  it("measures between two scrapes, whatever their interval is", async () => {
    const first = [ok({}, [100, "1000"], [100.1, "1010"])];
    const second = [ok({}, [100.1, "1010"], [100.2, "1040"])];
    const third = [ok({}, [100.2, "1040"], [100.3, "1100"])];
    const provider = prometheusProvider(answers(first, first, second, second, third), idle, true);
    assert.equal(provider.lag, 16);
    const { canary } = await provider.measure(0.01);
    assert.equal(canary.requests, 60, "from a scrape that began after the call");
    assert.ok(provider.lag < 1.2);
  });

  it("does not take what a gateway counted before for new", async () => {
    const known = [ok({ destination_version: "v1" }, [1, "5"], [1.1, "6"])];
    const again = [ok({ destination_version: "v1" }, [1.1, "6"], [1.2, "7"])];
    const days = [ok({ destination_version: "v1" }, [1.2, "7"], [1.3, "8"]), ok({ pod: "gw-2" }, [1.3, "10000"])];
    await assert.rejects(prometheusProvider(answers(known, again, days), idle, true).measure(0.01), {
      message: "gateway gw-2 is new to it",
    });
    await assert.rejects(prometheusProvider(answers([]), idle, true).measure(0.01), {
      message: "it has no samples of the gateway's requests to the app",
    });
  });

  it("counts as lost what a restarted gateway had counted", async () => {
    const at = (time: number, value: string) => [ok({}, [time - 0.1, "0"], [time, value])];
    await assert.rejects(
      prometheusProvider(answers(at(1, "900"), at(1.1, "950"), at(1.2, "4")), idle, true).measure(0.01),
      {
        name: "CounterReset",
      },
    );
  });

  it("is queried through the API server when it runs in the environment", async () => {
    const paths: string[] = [];
    const get = async <T>(path: string) => {
      paths.push(path);
      return { status: "success", data: { result: [ok({}, [1, "8"])] } } as T;
    };
    const { snapshot } = await readScrapes(queryThroughApi({ get }), 60);
    assert.deepEqual(snapshot.get("gateway gw-1")?.v2.answers, { 2: 8 });
    assert.match(
      paths[0] ?? "",
      /^\/api\/v1\/namespaces\/istio-system\/services\/prometheus:9090\/proxy\/api\/v1\/query\?query=%7B__name__/,
    );
  });

  it("reports the error of Prometheus, or the answer of another server in its place", async () => {
    const refusal = JSON.stringify({ status: "error", error: "query timed out" });
    await assert.rejects(
      serve(422, refusal, (url) => readScrapes(queryByUrl(url), 60)),
      { message: "query timed out" },
    );
    await assert.rejects(
      serve(503, "<html>unavailable</html>", (url) => readScrapes(queryByUrl(url), 60)),
      /answers 503, which is no answer of Prometheus to a query$/,
    );
  });

  it("reports a Prometheus that cannot be reached with the reason", async () => {
    await assert.rejects(readScrapes(queryByUrl("http://127.0.0.1:1"), 60), {
      message: /ECONNREFUSED 127\.0\.0\.1:1$/,
    });
  });
});
