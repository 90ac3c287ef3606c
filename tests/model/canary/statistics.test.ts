import assert from "node:assert/strict";
import { noTally } from "../../../model/canary/counters";
import { gatewayStatistics, talliesOf } from "../../../model/canary/exposition";
import { type PrometheusSeries, samplesQuery, scrapesOf } from "../../../model/canary/prometheusSamples";

const host = "helloworld.helloworld.svc.cluster.local";

describe("a gateway's statistics", () => {
  // lines as Envoy 1.40 prints them
  const name = (subset: string) => `cluster_name="outbound|80|${subset}|${host}"`;

  it("are read also if Istio's rules turn parts of the names into labels", () => {
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

  it("are read also if Envoy keeps a part of a name in the metric's name", () => {
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
  const series = (name: string, labels: object, ...values: [number, number][]): PrometheusSeries => ({
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

  it("show the interval between scrapes, also when one failed", () => {
    const times = (...at: number[]) => at.map((time): [number, number] => [time, 1]);
    const at30 = scrapesOf([series("requests_total", { response_code: "200" }, ...times(0, 60, 90, 120))]);
    assert.deepEqual([at30.interval, [...at30.newest]], [30, [["gateway gw-1", 120]]]);
    assert.equal(scrapesOf([series("requests_total", {}, [5, 1])]).interval, undefined);
  });

  it("query only the gateway's requests to the app", () => {
    assert.match(samplesQuery(60.2), /reporter="source",source_workload="istio-ingressgateway",.*\}\[61s\]$/);
  });
});
