import assert from "node:assert/strict";
import { entranceForHost } from "../../../model/trial/manifests/gateways";
import { ownGateway } from "../../../model/trial/manifests/ownGateway";
import { gatewayManifests } from "../../support/gatewayManifests";
import { planOf, shop } from "./files";
import { includes, object, reasons } from "./reasonsOf";

describe("a gateway of the user's own", () => {
  it("stays as it is, without a stand-in for its Service", () => {
    const { plan, problemLines: told } = planOf(shop + gatewayManifests("edge"));
    assert.deepEqual(told, []);
    const edges = plan.objects.filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "edge");
    assert.deepEqual(
      edges.map(({ spec }) => spec.template.spec.containers),
      [[{ name: "istio-proxy", image: "auto" }]],
    );
  });
});

describe("a gateway of the user's own whose labels a Gateway nearly selects", () => {
  it("stays the only one, and the reason is the selector", () => {
    const own = gatewayManifests("public", "public-gateway");
    const gateway = (selector: string) =>
      object(
        "Gateway",
        `{ selector: { istio: ${selector} }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.example] }] }`,
        { name: "edge" },
      );
    const made = (selector: string) =>
      planOf(shop + own + gateway(selector)).plan.objects.filter(
        ({ kind, metadata }) => kind === "Deployment" && metadata.name.startsWith("istio-"),
      ).length;
    // a caller that names the environment's Gateway does not enter by the user's, though that has the host
    const { applied: objects } = planOf(shop + own + gateway("public-gateway")).plan;
    assert.deepEqual(
      [ownGateway, "shop/edge"].map((name) => entranceForHost("a.example", objects, name).service),
      ["istio-system/istio-ingressgateway", "shop/public"],
    );
    assert.deepEqual(["publicgateway", "public-gateway-b", "egress-gateway"].map(made), [0, 1, 1]);
    includes(
      reasons(shop + own + gateway("publicgateway"), "{ it: i, request: http://a.example/, expect: 200 }", {
        status: 404,
        log: [{ flags: ["NR"], status: 404 }],
      }),
      /did you mean istio: public-gateway\?/,
    );
  });
});
