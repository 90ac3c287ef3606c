import assert from "node:assert/strict";
import { ejectionOf, runsAlone } from "../../../model/trial/requests/breakers";
import { planOf, shop } from "./files";

const rule = (policy: string) => `${shop}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web, ${policy} }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
`;

/** A case that makes a workload fail, with the objects around it. */
function failing(workload: string, policy: string, behaviour = "status: 503") {
  const given = `given: { ${workload}: { ${behaviour} } }`;
  const {
    plan,
    tests,
    problemLines: told,
  } = planOf(rule(policy), `cases: [{ it: i, from: shop/a, ${given}, request: "http://web/", expect: 503 }]`);
  assert.deepEqual(told, []);
  const [one] = tests.cases;
  assert.ok(one);
  return [one, { services: plan.services, objects: plan.applied, standIns: plan.standIns }] as const;
}
const detection = (spec: string) => `trafficPolicy: { outlierDetection: { ${spec} } }`;

describe("a case that makes a workload fail", () => {
  it("runs alone only if a DestinationRule limits that workload", () => {
    const policy = detection("consecutive5xxErrors: 1");
    assert.equal(runsAlone(...failing("shop/web", policy)), true);
    assert.equal(runsAlone(...failing("shop/cart", policy)), false);
    assert.equal(runsAlone(...failing("shop/web", policy, "delay: 1s")), false);
  });

  it("waits after as many failures of a pod as make a proxy eject it", () => {
    const failures = (policy: string) => ejectionOf(...failing("shop/web", policy))?.failures;
    assert.equal(failures(detection("consecutive5xxErrors: 3")), 3);
    assert.equal(failures(detection("interval: 1s")), 5);
    assert.equal(failures(detection("consecutive5xxErrors: 0, consecutiveGatewayErrors: 4")), 4);
    assert.equal(
      failures(`subsets: [{ name: v1, labels: { version: v1 }, ${detection("consecutive5xxErrors: 2")} }]`),
      2,
    );
  });

  it("does not wait if no pod is ejected, or if the ejection ends during the wait", () => {
    const ejection = (policy: string) => ejectionOf(...failing("shop/web", policy));
    assert.equal(ejection(detection("consecutive5xxErrors: 0")), undefined);
    assert.equal(ejection(detection("consecutive5xxErrors: 3, baseEjectionTime: 1s")), undefined);
    assert.equal(ejection(detection("consecutive5xxErrors: 3, baseEjectionTime: 500ms")), undefined);
    assert.equal(ejection("trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } }"), undefined);
  });
});
