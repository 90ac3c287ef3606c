import assert from "node:assert/strict";
import fc from "fast-check";
import { affinityAnswer, upTo } from "../../../model/traffic/canaryRoutes";
import {
  destinationRuleSpec,
  gatewaySpec,
  type RouteSettings,
  subsetWeights,
  virtualServiceSpec,
} from "../../../model/traffic/traffic";

const domain = "istio.localhost";
const routes = (settings: Partial<RouteSettings>) =>
  virtualServiceSpec({
    domain,
    httpPort: 80,
    httpsPort: 443,
    canaryWeight: 10,
    canaryHeader: "off",
    canaryAffinity: 0,
    mirrorPercent: 0,
    loginIssuer: "none",
    ...settings,
  });

describe("the traffic configuration", () => {
  it("has weights that sum to 100, always for both subsets", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (canaryWeight) => {
        const split = subsetWeights(canaryWeight);
        assert.deepEqual(Object.keys(split), ["v1", "v2"]);
        assert.equal(split.v1 + split.v2, 100);
        assert.ok(split.v1 >= 0 && split.v2 === canaryWeight);
      }),
    );
  });

  it("routes to subsets that the DestinationRule has, under the same host", () => {
    const rule = destinationRuleSpec();
    const subsets = rule.subsets?.map(({ name }) => name);
    const destinations = (routes({}).http?.at(-1)?.route ?? []).map(({ destination }) => destination);
    assert.equal(destinations.length, 2);
    for (const { host, subset } of destinations) {
      assert.equal(host, rule.host);
      assert.ok(subsets?.includes(subset ?? ""));
    }
  });

  it("closes idle upstream connections before the peer's 45 s drain ends", () => {
    const idle = /^(\d+)s$/.exec(destinationRuleSpec().trafficPolicy?.connectionPool?.http?.idleTimeout ?? "")?.[1];
    // drainDuration of Istio's ProxyConfig
    assert.ok(Number(idle) < 45, `idle connections live for ${idle} s`);
  });

  it("names the Gateway with its namespace and serves callers in the mesh too", () => {
    const spec = routes({});
    assert.deepEqual(spec.gateways, ["istio-system/ingressgateway", "mesh"]);
    assert.deepEqual(spec.hosts, ["helloworld.istio.localhost", "helloworld.helloworld.svc.cluster.local"]);
  });

  it("redirects at the Gateway for the usual ports and at the VirtualService for others, never at both", () => {
    for (const [httpPort, httpsPort, atGateway] of [
      [80, 443, true],
      [8080, 8443, false],
      [80, 8443, false],
      // the Gateway's own would lead to https at port 8080
      [8080, 443, false],
    ] as const) {
      const [plain] = gatewaySpec({ domain, httpPort, httpsPort }).servers ?? [];
      assert.equal(plain?.tls?.httpsRedirect ?? false, atGateway);
      const redirects = routes({ httpPort, httpsPort, canaryWeight: 0 }).http?.filter(({ redirect }) => redirect);
      assert.equal(redirects?.length, atGateway ? 0 : 1);
      if (!atGateway)
        assert.deepEqual(redirects?.[0]?.redirect, { scheme: "https", port: httpsPort, redirectCode: 301 });
    }
  });

  it("never redirects the HTTPS server, which would give no redirect and no answer", () => {
    const secure = gatewaySpec({ domain, httpPort: 80, httpsPort: 443 }).servers?.find(
      ({ port }) => port.number === 443,
    );
    assert.deepEqual(secure?.tls, { mode: "SIMPLE", credentialName: "wildcard-credential" });
  });

  const names = (settings: Partial<RouteSettings>) => routes(settings).http?.map(({ name }) => name);

  it("routes by the header first, then by the cookie, and all others by weight", () => {
    const all = { canaryHeader: "x-canary", canaryAffinity: 60, mirrorPercent: 5 };
    assert.deepEqual(names({ ...all, httpsPort: 8443 }), ["redirect", "always", "never", "stay", "canary"]);
    assert.deepEqual(names({}), ["canary"]);
  });

  it("sends no client to version 2 by its cookie while the weight is 0", () => {
    assert.deepEqual(names({ canaryAffinity: 60, canaryWeight: 0 }), ["canary"]);
  });

  it("mirrors requests to version 2 alone", () => {
    assert.deepEqual(
      routes({ mirrorPercent: 20 })
        .http?.at(-1)
        ?.mirrors?.map(({ destination, percentage }) => [destination.subset, percentage?.value]),
      [["v2", 20]],
    );
  });

  it("keeps a client at version 2 that this weight or a smaller one sent there, and no other", () => {
    const percent = fc.integer({ min: 1, max: 100 });
    const others = fc.constantFrom("", "a=b; ", "session=x; theme=helloworld; ");
    fc.assert(
      fc.property(percent, percent, others, others, (now, then, before, after) => {
        const stay = routes({ canaryAffinity: 60, canaryWeight: now }).http?.find(({ name }) => name === "stay");
        const { regex = "" } = stay?.match?.[0]?.headers?.["cookie"] ?? {};
        const [pair = ""] = affinityAnswer(then, 60).split(";");
        const cookie = `${before}${pair}${after && `; ${after.slice(0, -2)}`}`;
        assert.equal(new RegExp(`^(?:${regex})$`).test(cookie), then <= now, cookie);
      }),
    );
  });

  it("matches the numbers from 1 to a weight, and no others", () => {
    for (let last = 1; last <= 100; last++)
      for (const number of [0, 1, last - 1, last, last + 1, last * 10, last + 100])
        assert.equal(
          new RegExp(`^(?:${upTo(last)})$`).test(String(number)),
          number >= 1 && number <= last,
          `${number} up to ${last}`,
        );
  });
});
