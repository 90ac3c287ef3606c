import assert from "node:assert/strict";
import { gatewayApiRoutesLeadSomewhere } from "../../policy/gatewayApiRoutes";
import { violations } from "../support/policy";

interface HttpRoute {
  spec: {
    parentRefs: [{ namespace?: string; sectionName: string }];
    rules: [{ backendRefs: { name: string; weight: number }[] & [{ name: string }] }];
  };
}
describe("the policy pack", () => {
  for (const [what, change, message] of [
    [
      "a backend in another namespace without a ReferenceGrant",
      ({ spec }: HttpRoute) => {
        Object.assign(spec.rules[0].backendRefs[0], { namespace: "istio-system" });
      },
      "Service istio-system/helloworld-v1 is in another namespace: without a ReferenceGrant requests would get 500",
    ],
    [
      "a backend that does not exist",
      ({ spec }: HttpRoute) => {
        spec.rules[0].backendRefs[0].name = "helloworld-v3";
      },
      "Service helloworld/helloworld-v3 does not exist: requests would get 500",
    ],
    [
      "a Gateway without its namespace",
      ({ spec }: HttpRoute) => {
        delete spec.parentRefs[0].namespace;
      },
      "Gateway helloworld/ingressgateway does not exist: requests would get 404",
    ],
    [
      "a listener that the Gateway does not have",
      ({ spec }: HttpRoute) => {
        spec.parentRefs[0].sectionName = "tls";
      },
      "Gateway istio-system/ingressgateway has no listener tls: requests would get 404",
    ],
    [
      "weights that are all 0",
      ({ spec }: HttpRoute) => {
        for (const backend of spec.rules[0].backendRefs) backend.weight = 0;
      },
      "all weights are 0: requests would get 500",
    ],
  ] as const)
    it(`refuses in an HTTPRoute ${what}`, async () => {
      assert.deepEqual(await violations("gateway-api", "routing-httproute", change), [`routing-httproute: ${message}`]);
    });

  const resource = (type: string, name: string, spec: object) => ({
    ...{ type: `kubernetes:${type}`, name },
    props: { metadata: { name, namespace: "shop" }, spec },
  });
  const api = "gateway.networking.k8s.io";
  const gateway = (version: string) => resource(`${api}/${version}:Gateway`, "edge", { listeners: [{ name: "one" }] });
  const around = [gateway("v1"), resource("core/v1:Service", "web", {})];
  const messages = (...routes: ReturnType<typeof resource>[]) =>
    gatewayApiRoutesLeadSomewhere([...around, ...routes]).map(({ message }) => message);
  const leads = (to: string, listener: string) => ({
    parentRefs: [{ name: "edge", sectionName: listener }],
    rules: [{ backendRefs: [{ name: to, port: 80 }] }],
  });

  for (const [type, noListener, noBackend] of [
    ["v1:HTTPRoute", "requests would get 404", "requests would get 500"],
    ["v1beta1:HTTPRoute", "requests would get 404", "requests would get 500"],
    ["v1:GRPCRoute", "calls would get UNIMPLEMENTED", "calls would fail"],
    ["v1:TLSRoute", "connections would be closed", "connections would be closed"],
    ["v1alpha2:TLSRoute", "connections would be closed", "connections would be closed"],
    ["v1alpha2:TCPRoute", "connections would be closed", "connections would be closed"],
  ] as const) {
    it(`accepts ${type} with a listener and a Service, and refuses others`, () => {
      const route = (to: string, listener: string) => resource(`${api}/${type}`, "route", leads(to, listener));
      assert.deepEqual(messages(route("web", "one")), []);
      assert.deepEqual(messages(route("webb", "two")), [
        `Gateway shop/edge has no listener two: ${noListener}`,
        `Service shop/webb does not exist: ${noBackend}`,
      ]);
    });
  }

  it("finds the listeners of a Gateway of v1beta1", () => {
    const route = resource(`${api}/v1:HTTPRoute`, "route", leads("web", "two"));
    assert.deepEqual(
      gatewayApiRoutesLeadSomewhere([gateway("v1beta1"), ...around.slice(1), route]).map(({ message }) => message),
      ["Gateway shop/edge has no listener two: requests would get 404"],
    );
  });

  it("ignores parents and backends of kinds that it does not know", () => {
    const spec = {
      parentRefs: [
        { kind: "ListenerSet", name: "more" },
        { group: "", kind: "Service", name: "web" },
      ],
      rules: [{ backendRefs: [{ group: "networking.istio.io", kind: "Hostname", name: "example.com", port: 443 }] }],
    };
    assert.deepEqual(messages(resource(`${api}/v1:HTTPRoute`, "route", spec)), []);
  });

  it("wants a ReferenceGrant for the kind of the route", () => {
    const grant = resource(`${api}/v1:ReferenceGrant`, "grant", {
      from: [{ group: api, kind: "HTTPRoute", namespace: "other" }],
      to: [{ group: "", kind: "Service" }],
    });
    const from = (kind: string) => ({
      type: `kubernetes:${api}/v1:${kind}`,
      name: "route",
      props: {
        metadata: { name: "route", namespace: "other" },
        spec: { rules: [{ backendRefs: [{ name: "web", namespace: "shop", port: 80 }] }] },
      },
    });
    assert.deepEqual(messages(grant, from("HTTPRoute")), []);
    assert.deepEqual(messages(grant, from("GRPCRoute")), [
      "Service shop/web is in another namespace: without a ReferenceGrant calls would fail",
    ]);
  });
});
