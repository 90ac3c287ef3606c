import assert from "node:assert/strict";
import fc from "fast-check";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec, weights } from "../../model/traffic";

const domain = "istio.localhost";

describe("traffic", () => {
  it("gives weights that sum to 100, with both subsets always there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (canaryWeight) => {
        const split = weights(canaryWeight);
        assert.deepEqual(Object.keys(split), ["v1", "v2"]);
        assert.equal(split.v1 + split.v2, 100);
        assert.ok(split.v1 >= 0 && split.v2 === canaryWeight);
      }),
    );
  });

  it("routes to subsets that the DestinationRule has, under the same host", () => {
    const rule = destinationRuleSpec();
    const subsets = rule.subsets?.map(({ name }) => name);
    for (const route of virtualServiceSpec({ domain, httpsPort: 443, canaryWeight: 10 }).http?.at(-1)?.route ?? []) {
      assert.equal(route.destination.host, rule.host);
      assert.ok(subsets?.includes(route.destination.subset ?? ""));
    }
  });

  it("names the Gateway with its namespace and serves callers in the mesh too", () => {
    const spec = virtualServiceSpec({ domain, httpsPort: 443, canaryWeight: 10 });
    assert.deepEqual(spec.gateways, ["istio-system/ingressgateway", "mesh"]);
    assert.deepEqual(spec.hosts, ["helloworld.istio.localhost", "helloworld.helloworld.svc.cluster.local"]);
  });

  it("redirects at the Gateway for port 443 and at the VirtualService for another, never at both", () => {
    for (const [httpsPort, atGateway] of [
      [443, true],
      [8443, false],
    ] as const) {
      const [plain] = gatewaySpec({ domain, httpsPort }).servers ?? [];
      assert.equal(plain?.tls?.httpsRedirect ?? false, atGateway);
      const redirects = virtualServiceSpec({ domain, httpsPort, canaryWeight: 0 }).http?.filter(
        ({ redirect }) => redirect,
      );
      assert.equal(redirects?.length, atGateway ? 0 : 1);
      if (!atGateway) assert.deepEqual(redirects?.[0]?.redirect, { scheme: "https", port: 8443, redirectCode: 301 });
    }
  });

  it("never redirects the HTTPS server, which would give no redirect and no answer", () => {
    const secure = gatewaySpec({ domain, httpsPort: 443 }).servers?.find(({ port }) => port.number === 443);
    assert.deepEqual(secure?.tls, { mode: "SIMPLE", credentialName: "wildcard-credential" });
  });
});
