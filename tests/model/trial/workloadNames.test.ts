import assert from "node:assert/strict";
import { ownContainers, workloadNames } from "../../../model/trial/standIns/workloadNames";
import { planOf, shop } from "./files";

describe("the workloads that a run waits for", () => {
  it("are its own, and those of Gateways for which istiod makes pods", () => {
    const gateway = (name: string, spec: string) =>
      `---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec}, listeners: [{ name: http, port: 80, protocol: HTTP }] }\n`;
    const { plan } = planOf(
      shop +
        gateway("edge", "gatewayClassName: istio") +
        gateway("typo", "gatewayClassName: istoi") +
        gateway("manual", "gatewayClassName: istio, addresses: [{ type: Hostname, value: a.b.svc.cluster.local }]"),
    );
    assert.deepEqual(workloadNames(plan), ["shop/web", "istio-trial/outside", "shop/edge-istio"]);
  });

  it("have a place in the manifests if their containers are the user's own", () => {
    const deployment = (name: string, annotations: string) =>
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} }${annotations} }, spec: { containers: [{ name: c, image: i }] } } }\n`;
    const gateway = ", annotations: { inject.istio.io/templates: gateway }";
    const { plan } = planOf(shop + deployment("edge", gateway) + deployment("web", ""));
    const placeOf = ownContainers(plan);
    assert.deepEqual(["shop/edge", "shop/web", "shop/other"].map(placeOf), ["mesh.yaml:10", undefined, undefined]);
  });
});
