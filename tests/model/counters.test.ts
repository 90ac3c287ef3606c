import assert from "node:assert/strict";
import {
  addTallies,
  between,
  CounterReset,
  countsOf,
  noTally,
  type Tally,
  usualBound,
} from "../../model/canary/counters";
import { noCounts } from "../../model/canary/evidence";
import { gatewayStatistics, talliesOf } from "../../model/canary/exposition";

const tally = (requests: number, errors = 0, within: Tally["within"] = {}): Tally => ({ requests, errors, within });
const at = (v1: Tally, v2: Tally = noTally) => ({ v1, v2 });

describe("counters between two looks", () => {
  it("give what was added, over all gateways", () => {
    const before = new Map([["a", at(tally(100, 1, { 5: 90 }), tally(10))]]);
    const after = new Map([
      ["a", at(tally(150, 3, { 5: 130 }), tally(20, 4))],
      ["b", at(tally(7))],
    ]);
    assert.deepEqual(between(before, after), { v1: tally(57, 2, { 5: 40 }), v2: tally(10, 4) });
  });

  it("are no evidence when one counts less than before, or is gone", () => {
    const before = new Map([["gateway a", at(tally(100), tally(10))]]);
    assert.throws(() => between(before, new Map([["gateway a", at(tally(3), tally(10))]])), {
      name: "CounterReset",
      message: "gateway a counts anew: 3 requests of v1, 100 before",
    });
    assert.throws(() => between(before, new Map()), new CounterReset("gateway a is gone"));
  });

  it("know what is slow by the bound that nine of ten answers kept to, and nothing of what has no time yet", () => {
    const stable = tally(100, 0, { "1": 10, "5": 89, "10": 95, "25": 99, "+Inf": 100 });
    assert.equal(usualBound(stable), 10);
    assert.equal(usualBound(tally(9, 0, { "1": 9, "+Inf": 9 })), undefined);
    assert.deepEqual(countsOf(stable, 10), { ...noCounts, requests: 100, slow: 5, timed: 100 });
    assert.deepEqual(countsOf(tally(40), 10), { ...noCounts, requests: 40, slow: 0, timed: 0 });
    assert.deepEqual(countsOf(stable, undefined), { ...noCounts, requests: 100, slow: 0, timed: 0 });
  });

  it("add up in any order", () => {
    const [a, b] = [tally(1, 1, { 1: 1 }), tally(2, 0, { 5: 2 })];
    assert.deepEqual(addTallies(a, b), addTallies(b, a));
  });
});

const host = "helloworld.helloworld.svc.cluster.local";

describe("a gateway's statistics", () => {
  // lines as Envoy 1.40 prints them
  it("are read where Istio's rules cut the names into labels", () => {
    const name = (subset: string) => `cluster_name="outbound|80|${subset}|${host}"`;
    const text = [
      "# TYPE envoy_cluster_upstream_rq counter",
      `envoy_cluster_external_upstream_rq{response_code_class="2xx",${name("v1")}} 8`,
      `envoy_cluster_upstream_rq{response_code_class="2xx",${name("v1")}} 8`,
      `envoy_cluster_upstream_rq{response_code_class="4xx",${name("v1")}} 1`,
      `envoy_cluster_upstream_rq{response_code_class="5xx",${name("v2")}} 3`,
      `envoy_cluster_upstream_rq{response_code="503",${name("v2")}} 3`,
      `envoy_cluster_upstream_rq_time_bucket{${name("v1")},le="5"} 6`,
      `envoy_cluster_upstream_rq_time_bucket{${name("v1")},le="+Inf"} 8`,
      `envoy_cluster_upstream_rq_time_sum{${name("v1")}} 31.5`,
      `envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80||other.helloworld.svc.cluster.local"} 70`,
      "",
    ].join("\n");
    assert.deepEqual(talliesOf(text), { v1: tally(9, 0, { "5": 6, "+Inf": 8 }), v2: tally(3, 3) });
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
    ].join("\n");
    assert.deepEqual(talliesOf(text), { v1: noTally, v2: tally(12, 3) });
  });

  it("are kept by an expression over whole names, for the app's subsets alone", () => {
    const kept = new RegExp(`^(?:${gatewayStatistics})$`);
    for (const name of [
      `cluster.outbound|80|v1|${host}.upstream_rq_2xx`,
      `cluster.outbound|80|v2|${host};.upstream_rq_5xx`,
      `cluster.outbound|80|v2|${host}.upstream_rq_time`,
    ])
      assert.match(name, kept);
    for (const name of [
      `cluster.outbound|80||${host}.upstream_rq_2xx`,
      `cluster.outbound|80|v1|${host}.upstream_rq_200`,
    ])
      assert.doesNotMatch(name, kept);
  });
});
