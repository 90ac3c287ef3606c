import assert from "node:assert/strict";
import { planOf, shop } from "./files";

describe("a gateway of the user's own", () => {
  it("stays as it is, without a stand-in for its Service", () => {
    const { plan, told } = planOf(`${shop}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: edge, namespace: shop }
spec:
  selector: { matchLabels: { istio: edge } }
  template:
    metadata: { labels: { istio: edge }, annotations: { inject.istio.io/templates: gateway } }
    spec: { containers: [{ name: istio-proxy, image: auto }] }
---
apiVersion: v1
kind: Service
metadata: { name: edge, namespace: shop }
spec: { selector: { istio: edge }, ports: [{ name: http, port: 80 }] }
`);
    assert.deepEqual(told, []);
    const edges = plan.objects.filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "edge");
    assert.deepEqual(
      edges.map(({ spec }) => spec.template.spec.containers),
      [[{ name: "istio-proxy", image: "auto" }]],
    );
  });
});
