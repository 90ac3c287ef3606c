import assert from "node:assert/strict";
import { workloadNames } from "../../../model/trial/standIns/workloadNames";
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
});
