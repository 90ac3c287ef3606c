import assert from "node:assert/strict";
import { untestedParts } from "../../../model/trial/report/untested";
import { planOf, shop } from "./files";

const cases = "cases: [{ it: answers, from: shop/page, request: http://web/, expect: 200 }]";
const notes = (manifest: string): string[] => untestedParts(planOf(`${shop}---\n${manifest}`, cases).plan.applied);

describe("parts of a user's objects that a run cannot show", () => {
  it("are providers of a Telemetry that no mesh has by itself", () => {
    const telemetry = (provider: string) =>
      notes(`apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: traces, namespace: shop }
spec: { tracing: [{ providers: [{ name: ${provider} }] }] }
`);
    assert.deepEqual(telemetry("zipkin"), [
      "Telemetry shop/traces names provider zipkin in tracing: without an extensionProvider of this name in the MeshConfig, tracing has no effect",
    ]);
    assert.deepEqual(telemetry("stackdriver"), []);
  });

  it("are modules of a WasmPlugin, with what happens without them", () => {
    const plugin = (strategy: string) =>
      notes(`apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: filter, namespace: shop }
spec: { url: "oci://example.com/filter:1"${strategy} }
`);
    const begin = "WasmPlugin shop/filter loads oci://example.com/filter:1 into the proxies: one that cannot fetch it";
    assert.deepEqual(plugin(""), [`${begin} rejects every request (failStrategy FAIL_CLOSE)`]);
    assert.deepEqual(plugin(", failStrategy: FAIL_OPEN"), [`${begin} works without it (failStrategy FAIL_OPEN)`]);
  });

  it("are ports of a Gateway that the Service of the environment's gateway does not have", () => {
    const gateway = (selector: string, port: number) =>
      notes(`apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  selector: { istio: ${selector} }
  servers: [{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: ["*"] }]
`);
    assert.deepEqual(gateway("ingressgateway", 8080), [
      "Gateway shop/edge opens port 8080, which the Service istio-system/istio-ingressgateway does not have: callers outside the cluster connect to the gateway's pod, and your own Service needs the port",
    ]);
    assert.deepEqual([...gateway("ingressgateway", 443), ...gateway("public", 8080)], []);
  });

  it("are policies for a Service or for a Gateway that is a waypoint", () => {
    const policy = (target: string) =>
      notes(`apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: readers, namespace: shop }
spec: { targetRefs: [${target}], rules: [{ to: [{ operation: { methods: [GET] } }] }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`);
    const begin = "AuthorizationPolicy shop/readers applies to";
    const end = "at a waypoint only, and a run has none";
    assert.deepEqual(policy('{ kind: Service, group: "", name: web }'), [`${begin} Service web ${end}`]);
    const gateway = (name: string) => `{ kind: Gateway, group: gateway.networking.k8s.io, name: ${name} }`;
    assert.deepEqual(policy(gateway("waypoint")), [`${begin} Gateway waypoint ${end}`]);
    assert.deepEqual(policy(gateway("edge")), []);
  });
});
