import assert from "node:assert/strict";
import { shop } from "./files";
import { includes, object, reasons, type Shown } from "./reasonsOf";

const workload = (zone: string, labels = ""): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${zone}, namespace: shop }
spec:
  selector: { matchLabels: { app: web, version: ${zone} } }
  template:
    metadata: { labels: { app: web, version: ${zone}, istio-locality: r.${zone}${labels} } }
    spec: { containers: [{ name: web, image: shop/web }] }
`;
const pods = shop + workload("east", ", tier: gold") + workload("west", ", tier: iron");
const rule = (balancer: string, detection = "outlierDetection: { consecutive5xxErrors: 3 }"): string =>
  object("DestinationRule", `{ host: web, trafficPolicy: { loadBalancer: { ${balancer} }, ${detection} } }`);
const priority = (label: string): string =>
  rule(`localityLbSetting: { enabled: true, failoverPriority: ["${label}"] }`);
const callers = "callers: { east: { namespace: shop, labels: { app: page, istio-locality: r.east, tier: gold } } }\n";
const request = "{ it: i, from: east, request: http://web/, expect: { by: web/east } }";

const sent = { cluster: "outbound|80||web.shop.svc.cluster.local", route: "shop/x/0" };
const byWest: Shown = { by: "shop/web/west", log: [sent, { cluster: "inbound|8080||" }] };
const of = (manifests: string, seen: Shown, one = request) => reasons(pods + manifests, one, { ...seen, callers });

describe("the reason why pods of another locality answered", () => {
  it("is a label of failoverPriority that neither the caller nor the pods have", () => {
    includes(
      of(priority("topology.kubernetes.io/zones"), byWest),
      /^failoverPriority of DestinationRule shop\/x prefers neither shop\/web\/east nor shop\/web\/west: topology\.kubernetes\.io\/zones \(caller none, shop\/web\/east none, shop\/web\/west none\) \(\d+\)$/m,
    );
  });

  it("is a value of failoverPriority that other pods have", () => {
    includes(
      of(priority("tier=iron"), byWest),
      /prefers shop\/web\/west to shop\/web\/east: tier=iron \(caller gold, shop\/web\/east gold, shop\/web\/west iron\)/,
    );
  });

  it("is never a failoverPriority that prefers the pods which the case expects", () => {
    for (const label of ["topology.kubernetes.io/zone", "tier"])
      assert.doesNotMatch(of(priority(label), byWest).join("\n"), /failoverPriority/);
  });

  it("is a missing outlierDetection", () => {
    includes(of(rule("simple: ROUND_ROBIN", ""), byWest), /has no outlierDetection, so the proxy neither prefers/);
  });
});

describe("the reason why a retry did not reach another locality", () => {
  const retries = (more = "") =>
    object(
      "VirtualService",
      `{ hosts: [web], http: [{ retries: { attempts: 5, retryOn: 5xx${more} }, route: [{ destination: { host: web } }] }] }`,
    );
  const failing: Shown = { status: 503, by: "shop/web/east", tries: 3, log: [sent, { ...sent, flags: ["URX"] }] };
  const wanted = "{ it: i, from: east, request: http://web/, expect: { status: 200, by: web/west } }";

  it("is retryRemoteLocalities, which is off", () => {
    const balanced = rule("localityLbSetting: { enabled: true }");
    includes(
      of(balanced + retries(), failing, wanted),
      /^retries go to pods of the locality that the caller's proxy prefers only, and all 3 tries reached shop\/web\/east \(\d+\) → retryRemoteLocalities: true in retries$/m,
    );
    const remote = of(balanced + retries(", retryRemoteLocalities: true"), failing, wanted);
    assert.doesNotMatch(remote.join("\n"), /retries go to pods/);
  });
});
