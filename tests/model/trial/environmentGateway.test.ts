import assert from "node:assert/strict";
import { gatewayProblems } from "../../../model/trial/manifests/environmentGateway";
import { planOf, shop } from "./files";
import { object } from "./reasonsOf";

const virtual = object(
  "VirtualService",
  "{ hosts: [web.example.com], gateways: [mesh, istio-system/ingressgateway], http: [{ route: [{ destination: { host: web } }] }] }",
);
const http = `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: ingressgateway, namespace: istio-system }]
  hostnames: [web.example.com]
  rules: [{ backendRefs: [{ name: web, port: 80 }] }]
`;
const own = object("Gateway", "{ selector: { istio: ingressgateway }, servers: [] }", {
  name: "ingressgateway",
  namespace: "istio-system",
});

describe("routes that name the environment's own Gateway", () => {
  const problemsOf = (manifests: string, routing: "istio" | "gateway-api") =>
    gatewayProblems(planOf(shop + manifests).plan.applied, routing, (wanted) => `config set routing ${wanted}`).map(
      ({ line, message }) => `${line}: ${message}`,
    );

  it("are refused where the environment has it as the other kind", () => {
    assert.deepEqual(problemsOf(virtual, "gateway-api"), [
      "13: VirtualService shop/x names istio-system/ingressgateway, and this environment has no Istio Gateway of that name (routing = gateway-api); fix: a Gateway in your manifests, or config set routing istio",
    ]);
    assert.deepEqual(problemsOf(http, "istio"), [
      "14: HTTPRoute shop/web names istio-system/ingressgateway, and this environment has no Gateway of the Gateway API of that name (routing = istio); fix: a Gateway in your manifests, or config set routing gateway-api",
    ]);
  });

  it("are applied where it has that kind, or the manifests do", () => {
    assert.deepEqual([...problemsOf(virtual, "istio"), ...problemsOf(http, "gateway-api")], []);
    assert.deepEqual(problemsOf(virtual + own, "gateway-api"), []);
  });
});
