import assert from "node:assert/strict";
import { secondsHold } from "../../../model/trial/expectations/comparisons";
import { judgeCase } from "../../../model/trial/expectations/judge";
import type { Case, Expectation } from "../../../model/trial/format/cases";
import { requestsForShare } from "../../../model/trial/format/testFile";
import { accessEntry, requestOf } from "../../../model/trial/requests/accessLog";
import { markCopies, mirrorTargets } from "../../../model/trial/requests/mirrors";
import { type Arrival, type Observation, peerOf } from "../../../model/trial/requests/observation";
import { planOf, shop } from "./files";

const { plan } = planOf(`${shop}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
`);

const arrival = (more: Partial<Arrival> = {}): Arrival => ({
  id: "t",
  workload: "shop/web/v1",
  pod: "p",
  arrival: 1,
  shadow: false,
  method: "GET",
  path: "/a",
  tls: false,
  headers: { host: "web" },
  ...more,
});
const observation = (
  version: string,
  more: Partial<Observation> & { status?: number; ms?: number } = {},
): Observation => ({
  answer: {
    id: "t",
    begun: 0,
    ms: more.ms ?? 10,
    status: more.status ?? 200,
    headers: version
      ? { "x-trial-answer": JSON.stringify({ workload: `shop/web/${version}`, pod: "p", arrival: 1 }) }
      : {},
  },
  arrivals: more.arrivals ?? (version ? [arrival({ workload: `shop/web/${version}` })] : []),
  log: [],
});
const caseOf = (expect: Expectation): Case => ({
  file: "f",
  line: 1,
  it: "i",
  from: "outside",
  request: { url: "http://x/" },
  times: 1,
  concurrent: 1,
  given: {},
  expect,
});
const judgementOf = (expect: Expectation, ...all: Observation[]) => {
  const { outcome, mismatches } = judgeCase(caseOf(expect), all, plan.standIns);
  return [outcome, ...mismatches.map(({ expected, seen: observation }) => `${expected} | ${observation}`)];
};

describe("the judgement of a case", () => {
  it("names the workload that answered by service, version, or both", () => {
    for (const name of ["web", "v1", "web/v1", "shop/web", "shop/web/v1"])
      assert.deepEqual(judgementOf({ by: [name] }, observation("v1")), ["pass"], name);
    assert.deepEqual(judgementOf({ by: ["shop/web/v2"] }, observation("v1")), [
      "fail",
      "by shop/web/v2 | 200 by shop/web/v1",
    ]);
    assert.deepEqual(judgementOf({ by: ["web"] }, observation("", { status: 403 })), ["fail", "by web | 403"]);
  });

  it("accepts a share within the band of a correct split, and for a share of 0 no request at all", () => {
    const split = (first: number, second: number) => [
      ...Array.from({ length: first }, () => observation("v1")),
      ...Array.from({ length: second }, () => observation("v2")),
    ];
    assert.deepEqual(judgementOf({ share: { v1: 90, v2: 10 } }, ...split(180, 20)), ["pass"]);
    assert.equal(judgementOf({ share: { v1: 90, v2: 10 } }, ...split(150, 50))[0], "fail");
    assert.equal(judgementOf({ share: { v1: 100, v2: 0 } }, ...split(199, 1))[0], "fail");
    assert.deepEqual(judgementOf({ share: { v1: 70, v2: 30 }, tolerance: 15 }, ...split(118, 82)), ["pass"]);
  });

  it("sends enough requests that a share of one percent differs from none", () => {
    assert.ok(requestsForShare({ v1: 90, v2: 10 }) >= 60);
    assert.ok(requestsForShare({ v1: 99, v2: 1 }) > 700);
  });

  it("counts arrivals without the copies of a mirror", () => {
    const copies = [arrival(), arrival({ workload: "shop/web/v2", shadow: true })];
    assert.deepEqual(judgementOf({ attempts: 1, mirrored: ["v2"] }, observation("v1", { arrivals: copies })), ["pass"]);
    assert.deepEqual(judgementOf({ attempts: "> 1" }, observation("v1", { arrivals: copies })), [
      "fail",
      "> 1 arrivals at a workload | 1 arrivals",
    ]);
    assert.equal(judgementOf({ mirrored: ["none"] }, observation("v1", { arrivals: copies }))[0], "fail");
  });

  it("holds the share of a mirror against the band of a correct split", () => {
    const copied = observation("v1", { arrivals: [arrival(), arrival({ workload: "shop/web/v2", shadow: true })] });
    const some = (copies: number) => Array.from({ length: 100 }, (_, i) => (i < copies ? copied : observation("v1")));
    assert.deepEqual(judgementOf({ mirroredShare: { v2: 20 } }, ...some(24)), ["pass"]);
    assert.deepEqual(judgementOf({ mirroredShare: { v2: 20 } }, ...some(100)), [
      "fail",
      "20 % copied to v2 (8 to 34 % of 100 requests) | 100 %: shop/web/v2 ×100",
    ]);
    assert.deepEqual(judgementOf({ mirroredShare: { v2: 20 }, tolerance: 3 }, ...some(24)), [
      "fail",
      "20 % copied to v2 (17 to 23 % of 100 requests) | 24 %: shop/web/v2 ×24",
    ]);
    assert.equal(judgementOf({ mirroredShare: { v2: 0 } }, ...some(1))[0], "fail");
  });

  it("knows a copy by its place: a mirror's target that did not answer", () => {
    const both = [arrival(), arrival({ workload: "shop/web/v2" })];
    const marked = markCopies(observation("v1", { arrivals: both }), new Set(["shop/web/v2"]));
    assert.deepEqual(judgementOf({ attempts: 1, mirrored: ["v2"] }, marked), ["pass"]);
    const mirrored = planOf(`${shop}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }], mirror: { host: web, subset: v2 } }] }
`).plan;
    assert.deepEqual([...mirrorTargets(mirrored.applied, mirrored.standIns)], ["shop/web/v2"]);
  });

  it("compares what the workload received, and fails if no workload received anything", () => {
    const headers = {
      host: "web",
      "x-a": "1",
      "x-forwarded-client-cert": 'By=spiffe://x;Hash=1;Subject="a,b";URI=spiffe://cluster.local/ns/shop/sa/web',
    };
    const one = observation("v1", { arrivals: [arrival({ headers })] });
    assert.deepEqual(
      judgementOf({ path: "/a", peer: "shop/web", requestHeaders: { "x-a": "1", "x-b": "absent" } }, one),
      ["pass"],
    );
    assert.deepEqual(judgementOf({ peer: "none" }, one), ["fail", "peer none | spiffe://cluster.local/ns/shop/sa/web"]);
    assert.deepEqual(judgementOf({ requestHeaders: { "x-b": "absent" } }, observation("", { status: 403 })), [
      "fail",
      "request header x-b: absent | no workload received it",
    ]);
    assert.equal(peerOf(arrival()), "none");
  });

  it("is never a pass if the request says nothing about the mesh, or was not sent", () => {
    const unclear = {
      answer: { id: "t", begun: 0, ms: 1, failure: "unclear" as const, detail: "EMFILE" },
      arrivals: [],
      log: [],
    };
    assert.deepEqual(judgementOf({ status: [200] }, unclear), ["unknown"]);
    assert.deepEqual(judgementOf({ notBy: ["web"] }), ["unknown"]);
  });

  it("reads seconds as a bound, a range or about so much", () => {
    assert.deepEqual(
      ["< 1.5", "> 2", "~ 3", "1 - 2"].map((rule) => secondsHold(rule, 1.2)),
      [true, false, false, true],
    );
    assert.ok(secondsHold("~ 3", 3.4));
  });
});

describe("a line of an access log", () => {
  const line =
    '[2026-11-26T14:00:00.000Z] "GET /daily HTTP/1.1" 403 - rbac_access_denied_matched_policy[none] - "-" 0 19 0 - "-" "istio-trial/t-1" "c0ffee" "reports.data" "-" inbound|8080|| - 10.42.0.9:8080 10.42.0.8:40000 outbound_.80_._.reports.data.svc.cluster.local default';
  it("is found by the request's id, with the policy, the cluster and the route", () => {
    const entry = accessEntry("data/reports", line);
    assert.ok(entry);
    assert.deepEqual(
      [requestOf(entry), entry.status, entry.details, entry.cluster, entry.route],
      ["t-1", 403, "rbac_access_denied_matched_policy[none]", "inbound|8080||", "default"],
    );
    assert.equal(accessEntry("x", "info  xds proxy connected"), undefined);
  });
});
