import assert from "node:assert/strict";
import { pageHttpRoute } from "../../../model/mesh/pages";
import { canaryRoute, isCanaryRoute } from "../../../model/traffic/canaryRoute";
import { gatewayApiSpec, httpRouteSpec, loginRouteSpec, redirectRouteSpec } from "../../../model/traffic/gatewayApi";
import { gatewaySpec, type RouteSettings, virtualServiceSpec } from "../../../model/traffic/traffic";

const base: RouteSettings = {
  ...{ domain: "istio.localhost", httpPort: 80, httpsPort: 8443, loginIssuer: "none" },
  ...{ canaryWeight: 10, canaryHeader: "off", canaryAffinity: 0, mirrorPercent: 0 },
};
const choices: Partial<RouteSettings> = { canaryHeader: "x-canary", canaryAffinity: 60, mirrorPercent: 5 };
const rules = (settings: Partial<RouteSettings> = {}) => httpRouteSpec({ ...base, ...settings }).rules;
const last = (settings: Partial<RouteSettings> = {}) => rules(settings).at(-1);

describe("the routes by the Gateway API", () => {
  it("have the rules of the VirtualService in the same order, and the redirect as a separate route", () => {
    for (const settings of [{}, choices, { ...choices, canaryWeight: 0 }]) {
      const http = virtualServiceSpec({ ...base, ...settings }).http ?? [];
      assert.deepEqual(
        rules(settings).map(({ name }) => name),
        http.map(({ name }) => name).filter((name) => name !== "redirect"),
      );
    }
  });

  it("split the requests by the same weights, each backend with the header of its version", () => {
    for (const canaryWeight of [0, 1, 50, 100]) {
      const [stable, canary] = last({ canaryWeight })?.backendRefs ?? [];
      assert.deepEqual([stable?.name, stable?.weight], ["helloworld-v1", 100 - canaryWeight]);
      assert.deepEqual([canary?.name, canary?.weight], ["helloworld-v2", canaryWeight]);
      assert.match(JSON.stringify(canary?.filters), /"name":"x-subset","value":"v2"/);
      assert.match(JSON.stringify(last({ canaryWeight })?.filters), new RegExp(`"value":"${canaryWeight}"`));
    }
  });

  it("keep the clients of version 2 by the cookie that the VirtualService sets and matches", () => {
    const http = virtualServiceSpec({ ...base, ...choices }).http ?? [];
    const [stay] = rules(choices).filter(({ name }) => name === "stay");
    const { regex } = http.find(({ name }) => name === "stay")?.match?.[0]?.headers?.["cookie"] ?? {};
    assert.equal(stay?.matches[0]?.headers?.[0]?.value, regex);
    const cookie = http.at(-1)?.route?.[1]?.headers?.response?.add?.["set-cookie"];
    assert.ok(JSON.stringify(last(choices)?.backendRefs?.[1]).includes(JSON.stringify(cookie)));
  });

  it("mirror to version 2 alone, and not at all by default", () => {
    const mirrors = (settings: Partial<RouteSettings>) =>
      last(settings)?.filters?.flatMap((filter) => (filter.type === "RequestMirror" ? filter.requestMirror : []));
    assert.deepEqual(
      mirrors(choices)?.map(({ backendRef, percent }) => [backendRef.name, percent]),
      [["helloworld-v2", 5]],
    );
    assert.deepEqual(mirrors({}), []);
  });

  it("serve callers in the mesh by the Service, and clients outside by the HTTPS listener alone", () => {
    const { parentRefs, hostnames } = httpRouteSpec(base);
    assert.deepEqual(
      parentRefs.map(({ kind, name, sectionName }) => [kind, name, sectionName]),
      [
        ["Gateway", "ingressgateway", "https"],
        ["Service", "helloworld", undefined],
      ],
    );
    assert.deepEqual(hostnames, ["helloworld.istio.localhost"]);
  });

  it("redirect every host to the port that clients connect to", () => {
    const { parentRefs, hostnames, rules } = redirectRouteSpec(base);
    assert.deepEqual(
      [parentRefs.map(({ sectionName }) => sectionName), hostnames],
      [["http", "http-domain"], undefined],
    );
    assert.deepEqual(rules[0]?.filters, [
      { type: "RequestRedirect", requestRedirect: { scheme: "https", port: 8443, statusCode: 301 } },
    ]);
  });

  it("lead to the login and to pages by a Service in their own namespace, so that no ReferenceGrant is needed", () => {
    assert.equal(loginRouteSpec(base), undefined);
    const login = loginRouteSpec({ ...base, loginIssuer: "https://login.test" });
    for (const { rules } of [login ?? { rules: [] }, pageHttpRoute("grafana", base)])
      assert.deepEqual(Object.keys(rules[0]?.backendRefs?.[0] ?? {}), ["group", "kind", "name", "port", "weight"]);
    assert.deepEqual(login?.hostnames, ["helloworld.istio.localhost"]);
  });

  it("use listeners for the hosts and ports of Istio's Gateway, with its certificate", () => {
    const ofIstio = (gatewaySpec(base).servers ?? []).flatMap(({ port, hosts }) =>
      hosts.map((host) => `${host} ${port.number} ${port.protocol}`),
    );
    const { listeners, addresses } = gatewayApiSpec(base);
    const opened = listeners.map(({ hostname, port, protocol }) => `${hostname} ${port} ${protocol}`);
    assert.deepEqual(opened.sort(), ofIstio.sort());
    const certificates = listeners.flatMap(({ tls }) => tls?.certificateRefs.map(({ name }) => name) ?? []);
    assert.deepEqual(certificates, ["wildcard-credential", "wildcard-credential"]);
    assert.equal(addresses[0]?.value, "istio-ingressgateway.istio-system.svc.cluster.local");
  });
});

describe("the route that a rollout changes", () => {
  for (const routing of ["istio", "gateway-api"] as const)
    it(`names its weight and is a target of Pulumi with routing = ${routing}`, () => {
      const { kind, path, target, spec, weightOf } = canaryRoute({ routing });
      for (const canaryWeight of [0, 25, 100])
        assert.equal(weightOf({ spec: spec({ ...base, ...choices, canaryWeight }) } as never), canaryWeight);
      assert.match(path, new RegExp(`/namespaces/helloworld/${kind.toLowerCase()}s/helloworld$`));
      const type = target.slice(2, target.lastIndexOf("::"));
      assert.ok(isCanaryRoute(`urn:pulumi:dev::p::p:index:Routing$${type}::${target.split("::").at(-1)}`));
      assert.ok(!isCanaryRoute("urn:pulumi:dev::p::p:index:Routing$kubernetes:core/v1:Service::routing-service-v1"));
    });
});
