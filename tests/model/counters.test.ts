import assert from "node:assert/strict";
import { addTallies, boundOf, CounterReset, delta, noTally, type Tally } from "../../model/canary/counters";
import { noCounts } from "../../model/canary/evidence";
import { gatewayStatistics, talliesOf } from "../../model/canary/exposition";
import { type Series, samplesQuery, scrapesOf } from "../../model/canary/prometheusSamples";
import { countsOf, overdueOf, usualBound } from "../../model/canary/tallyCounts";

const tally = (ok: number, failed = 0, within: Tally["within"] = {}): Tally => ({
  ...noTally,
  answers: { 2: ok, 5: failed },
  within,
});
const at = (v1: Tally, v2: Tally = noTally) => ({ v1, v2 });

describe("counters between two looks", () => {
  it("give what was added, over all gateways", () => {
    const before = new Map([["a", at(tally(100, 1, { 5: 90 }), tally(10))]]);
    const after = new Map([
      ["a", at(tally(150, 3, { 5: 130 }), tally(20, 4))],
      ["b", at(tally(7))],
    ]);
    assert.deepEqual(delta(before, after), { v1: tally(57, 2, { 5: 40 }), v2: tally(10, 4) });
  });

  it("are no evidence when one counts less than before, or is gone", () => {
    const before = new Map([["gateway a", at(tally(100), { ...tally(10), cutOff: 3 })]]);
    assert.throws(() => delta(before, new Map([["gateway a", at(tally(3), tally(10))]])), {
      name: "CounterReset",
      message: "gateway a counts anew: 3 answers of v1, 100 before",
    });
    assert.throws(() => delta(before, new Map([["gateway a", at(tally(100), tally(10))]])), { name: "CounterReset" });
    assert.throws(() => delta(before, new Map()), new CounterReset("gateway a is gone"));
  });

  it("know what is slow by the bound that nine of ten answers kept to, and nothing of what has no time yet", () => {
    const stable = tally(100, 0, { "1": 10, "5": 89, "10": 95, "25": 99, "+Inf": 100 });
    assert.equal(usualBound(stable), 10);
    assert.equal(usualBound(tally(9, 0, { "1": 9, "+Inf": 9 })), undefined);
    assert.deepEqual(countsOf(stable, 10), { ...noCounts, requests: 100, slow: 5, timed: 100 });
    assert.deepEqual(countsOf(tally(40), 10), { ...noCounts, requests: 40 });
    assert.deepEqual(countsOf(stable, undefined), { ...noCounts, requests: 100 });
  });

  it("count each class, and a request that a client gave up as one without an answer", () => {
    const mixed = { ...noTally, answers: { 2: 80, 3: 5, 4: 7, 5: 8 }, aborted: 12, timeouts: 2, cutOff: 3 };
    assert.deepEqual(countsOf(mixed, undefined), {
      ...noCounts,
      requests: 110,
      redirects: 5,
      clientErrors: 7,
      serverErrors: 8,
      noAnswer: 13,
    });
  });

  it("count a request once when the version resets its stream before or after its status", () => {
    const before = { ...noTally, answers: { 2: 90, 5: 10 }, resetsReceived: 10 };
    assert.deepEqual(countsOf(before, undefined), { ...noCounts, requests: 100, serverErrors: 10 });
    const after = { ...noTally, answers: { 2: 100 }, resetsReceived: 10 };
    assert.deepEqual(countsOf(after, undefined), { ...noCounts, requests: 100, noAnswer: 10 });
  });

  it("count a request once when its client gives up, whether its stream or its connection ends", () => {
    for (const ends of [{ aborted: 4 }, { resetsSent: 4 }, { aborted: 4, resetsSent: 4 }])
      assert.deepEqual(countsOf({ ...noTally, answers: { 2: 96 }, ...ends }, undefined), {
        ...noCounts,
        requests: 100,
        noAnswer: 4,
      });
  });

  it("have as overdue the requests that were under way at both looks", () => {
    const waiting = (active: number) => new Map([["a", at({ ...noTally, active })]]);
    assert.equal(delta(waiting(9), waiting(4)).v1.active, 4);
    assert.equal(delta(waiting(2), waiting(40)).v1.active, 2);
    assert.equal(delta(new Map(), waiting(40)).v1.active, 0);
  });

  it("have fewer as overdue when answers usually take long", () => {
    assert.equal(overdueOf({ ...noTally, active: 30 }, 10), 30);
    // 500 answers of 400 ms in 10 s keep 20 requests under way
    assert.equal(overdueOf({ ...noTally, active: 30, milliseconds: 200_000 }, 10), 0);
    assert.equal(overdueOf({ ...noTally, active: 60, milliseconds: 200_000 }, 10), 22);
  });

  it("add up in any order", () => {
    const [a, b] = [tally(1, 1, { 1: 1 }), tally(2, 0, { 5: 2 })];
    assert.deepEqual(addTallies(a, b), addTallies(b, a));
  });

  it("have the same bounds in Prometheus 2 and 3", () => {
    assert.deepEqual(["5", "5.0", "2500.0", "0.5", "+Inf"].map(boundOf), ["5", "5", "2500", "0.5", "+Inf"]);
  });
});

const host = "helloworld.helloworld.svc.cluster.local";

describe("a gateway's statistics", () => {
  // lines as Envoy 1.40 prints them
  const name = (subset: string) => `cluster_name="outbound|80|${subset}|${host}"`;

  it("are read where Istio's rules cut the names into labels", () => {
    const text = [
      "# TYPE envoy_cluster_upstream_rq counter",
      `envoy_cluster_external_upstream_rq{response_code_class="2xx",${name("v1")}} 8`,
      `envoy_cluster_upstream_rq{response_code_class="2xx",${name("v1")}} 8`,
      `envoy_cluster_upstream_rq{response_code_class="4xx",${name("v1")}} 1`,
      `envoy_cluster_upstream_rq{response_code_class="5xx",${name("v2")}} 3`,
      `envoy_cluster_upstream_rq{response_code="503",${name("v2")}} 3`,
      `envoy_cluster_upstream_cx_destroy_local_with_active_rq{${name("v1")}} 0`,
      `envoy_cluster_upstream_cx_destroy_local_with_active_rq{${name("v2")}} 5`,
      `envoy_cluster_upstream_rq_timeout{${name("v2")}} 2`,
      `envoy_cluster_upstream_cx_protocol_error{${name("v2")}} 1`,
      `envoy_cluster_upstream_rq_time_bucket{${name("v1")},le="5.0"} 6`,
      `envoy_cluster_upstream_rq_time_bucket{${name("v1")},le="+Inf"} 8`,
      `envoy_cluster_upstream_rq_time_sum{${name("v1")}} 31.5`,
      `envoy_cluster_upstream_rq_active{${name("v2")}} 6`,
      `envoy_cluster_upstream_rq_rx_reset{${name("v2")}} 2`,
      `envoy_cluster_upstream_rq_tx_reset{${name("v2")}} 3`,
      `envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80||other.helloworld.svc.cluster.local"} 70`,
      "",
    ].join("\n");
    assert.deepEqual(talliesOf(text), {
      v1: { ...noTally, answers: { 2: 8, 4: 1 }, within: { "5": 6, "+Inf": 8 }, milliseconds: 31.5 },
      v2: {
        ...noTally,
        ...{ answers: { 5: 3 }, aborted: 5, timeouts: 2, cutOff: 1, active: 6, resetsReceived: 2, resetsSent: 3 },
      },
    });
  });

  it("are read where Envoy leaves part of a name in the metric's", () => {
    const [metric, label] = [
      "envoy_cluster_helloworld_svc_cluster_local",
      'envoy_cluster_name="outbound|80|v2|helloworld"',
    ];
    const text = [
      `${metric}_external_upstream_rq_xx{envoy_response_code_class="5",${label}} 3`,
      `${metric}_upstream_rq_xx{envoy_response_code_class="5",${label}} 3`,
      `${metric}_upstream_rq_xx{envoy_response_code_class="2",${label}} 9`,
      `${metric}_upstream_cx_destroy_local_with_active_rq{${label}} 4`,
      `${metric}_upstream_rq_active{${label}} 0`,
    ].join("\n");
    assert.deepEqual(talliesOf(text), { v1: noTally, v2: { ...noTally, answers: { 2: 9, 5: 3 }, aborted: 4 } });
  });

  it("are no evidence when requests without an answer, or under way, are not counted", () => {
    const text = `envoy_cluster_upstream_rq{response_code_class="2xx",${name("v1")}} 8`;
    assert.throws(() => talliesOf(text), /does not count requests without an answer; the next up configures it/);
    const partly = `${text}\nenvoy_cluster_upstream_cx_destroy_local_with_active_rq{${name("v1")}} 0`;
    assert.throws(() => talliesOf(partly), /does not count requests without an answer; the next up configures it/);
    assert.deepEqual(talliesOf(""), { v1: noTally, v2: noTally });
  });

  it("are kept by an expression over whole names, for the app's subsets alone", () => {
    const kept = new RegExp(`^(?:${gatewayStatistics})$`);
    for (const name of [
      `cluster.outbound|80|v1|${host}.upstream_rq_2xx`,
      `cluster.outbound|80|v2|${host};.upstream_rq_5xx`,
      `cluster.outbound|80|v2|${host}.upstream_rq_time`,
      `cluster.outbound|80|v2|${host}.upstream_rq_timeout`,
      `cluster.outbound|80|v2|${host};.upstream_cx_destroy_local_with_active_rq`,
      `cluster.outbound|80|v2|${host}.upstream_cx_protocol_error`,
      `cluster.outbound|80|v2|${host}.upstream_rq_active`,
    ])
      assert.match(name, kept);
    for (const name of [
      `cluster.outbound|80||${host}.upstream_rq_2xx`,
      `cluster.outbound|80|v1|${host}.upstream_rq_200`,
    ])
      assert.doesNotMatch(name, kept);
  });
});

describe("the samples of a Prometheus", () => {
  const series = (name: string, labels: object, ...values: [number, number][]): Series => ({
    metric: { __name__: `istio_${name}`, pod: "gw-1", destination_version: "v2", ...labels },
    values: values.map(([time, value]) => [time, String(value)]),
  });

  it("give each gateway's counters by class, and what got no answer", () => {
    const { snapshot } = scrapesOf([
      series("requests_total", { response_code: "200", destination_version: "v1" }, [0, 90]),
      series("requests_total", { response_code: "200", response_flags: "-" }, [0, 8]),
      series("requests_total", { response_code: "404", response_flags: "-" }, [0, 3]),
      series("requests_total", { response_code: "503", response_flags: "UF,URX" }, [0, 2]),
      series("requests_total", { response_code: "0", response_flags: "DC" }, [0, 7]),
      series("requests_total", { response_code: "200", response_flags: "UPE" }, [0, 4]),
      series("request_duration_milliseconds_bucket", { le: "25.0", response_code: "200" }, [0, 6]),
      series("request_duration_milliseconds_sum", { response_code: "200" }, [0, 81]),
      series("request_duration_milliseconds_bucket", { le: "5000", response_code: "0" }, [0, 7]),
      series("requests_total", { response_code: "200", destination_version: "unknown" }, [0, 1]),
    ]);
    const v1 = { ...noTally, answers: { 2: 90 } };
    const v2 = {
      ...noTally,
      answers: { 2: 12, 4: 3, 5: 2 },
      aborted: 7,
      cutOff: 4,
      within: { "25": 6 },
      milliseconds: 81,
    };
    assert.deepEqual([...snapshot], [["gateway gw-1", { v1, v2 }]]);
  });

  it("tell the interval between scrapes, also when one failed", () => {
    const times = (...at: number[]) => at.map((time): [number, number] => [time, 1]);
    const at30 = scrapesOf([series("requests_total", { response_code: "200" }, ...times(0, 60, 90, 120))]);
    assert.deepEqual([at30.interval, [...at30.newest]], [30, [["gateway gw-1", 120]]]);
    assert.equal(scrapesOf([series("requests_total", {}, [5, 1])]).interval, undefined);
  });

  it("are asked for the gateway's requests to the app alone", () => {
    assert.match(samplesQuery(60.2), /reporter="source",source_workload="istio-ingressgateway",.*\}\[61s\]$/);
  });
});
