import assert from "node:assert/strict";
import { destinationOf } from "../../../model/trial/requests/destination";
import { gatewayManifests } from "../../support/gatewayManifests";
import { planOf, shop } from "./files";
import { object } from "./reasonsOf";

const addresses = {
  service: (key: string) => `service ${key}`,
  hasPort: (_: string, port: number) => port === 80,
  gatewayPod: (key: string) => `pod of ${key}`,
  outside: "outside",
  external: () => ({ unresolved: "none" }),
  token: () => "",
};
const toGateway = (selector: string, port: number, more = "") => {
  const spec = `{ selector: { istio: ${selector} }, servers: [{ port: { number: ${port}, name: http, protocol: HTTP }, hosts: [a.example] }] }`;
  const { plan } = planOf(shop + object("Gateway", spec, { name: "edge" }) + more);
  const surroundings = { services: plan.services, objects: plan.applied, standIns: plan.standIns };
  return destinationOf(`http://a.example:${port}/`, { namespace: "x", outside: true }, surroundings, addresses);
};

describe("the address that a caller outside the cluster connects to", () => {
  it("is the pod of the environment's gateway for a port that its Service does not have", () => {
    assert.deepEqual(toGateway("ingressgateway", 80), {
      address: "service istio-system/istio-ingressgateway",
      port: 80,
    });
    assert.deepEqual(toGateway("ingressgateway", 8080), {
      address: "pod of istio-system/istio-ingressgateway",
      port: 8080,
    });
  });

  it("is none for a port that the user's own Service of a gateway does not have", () => {
    const own = gatewayManifests("public", "public", "{ name: http, port: 80 }, { name: https, port: 443 }");
    assert.deepEqual(toGateway("public", 8080, own), {
      refused: "the gateway's Service shop/public has no port 8080; it has: 80, 443",
    });
    assert.deepEqual(toGateway("public", 80, own), { address: "service shop/public", port: 80 });
  });
});
