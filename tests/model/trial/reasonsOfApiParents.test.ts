import assert from "node:assert/strict";
import { shop } from "./files";
import { reasons, type Shown } from "./reasonsOf";

const listener = (more = "", port = 80): string => `{ name: http, port: ${port}, protocol: HTTP${more} }`;
/** A Gateway whose spec is in line 13 of the manifests. */
const gateway = (listeners = listener(), { namespace = "shop", className = "istio" } = {}): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: ${namespace} }
spec: { gatewayClassName: ${className}, listeners: [${listeners}] }
`;
/** A route whose spec is in line 18. */
const route = (parents: string, hosts = "web.example.com"): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [${parents}], hostnames: [${hosts}], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`;
const missed: Shown = { status: 404, log: [{ proxy: "shop/edge-istio-1", flags: ["NR"], status: 404 }] };
const first = (manifests: string, shown: Shown = missed): string =>
  reasons(shop + manifests, "{ it: i, request: http://web.example.com/, expect: 200 }", shown)[0] ?? "";

describe("the first reason of a request that finds no route of the Gateway API", () => {
  it("is a Gateway of another namespace that the route names without it", () => {
    for (const shown of [missed, { failure: "refused" } as const])
      assert.equal(
        first(
          gateway(listener(", allowedRoutes: { namespaces: { from: All } }"), { namespace: "edges" }) +
            route("{ name: edge }"),
          shown,
        ),
        "HTTPRoute shop/web names the Gateway shop/edge, which does not exist: a parentRef without namespace means the route's own (18) → parentRefs: [{ name: edge, namespace: edges }]",
      );
  });

  it("is a Gateway that does not exist", () => {
    assert.equal(
      first(gateway() + route("{ name: egde }")),
      "HTTPRoute shop/web names the Gateway shop/egde, which does not exist (18) → parentRefs: [{ name: edge, namespace: shop }]",
    );
    assert.equal(
      first(gateway() + route("{ name: public }")),
      "HTTPRoute shop/web names the Gateway shop/public, which does not exist; there are: shop/edge (18)",
    );
    assert.doesNotMatch(
      first(gateway() + route("{ name: ingressgateway, namespace: istio-system }")),
      /does not exist/,
    );
  });

  it("is a class that istiod does not serve", () => {
    assert.equal(
      first(gateway(listener(), { className: "istoi" }) + route("{ name: edge }"), { failure: "unresolved" }),
      "Gateway shop/edge has the class istoi, which istiod does not serve, so it has no pods (13) → gatewayClassName: istio",
    );
  });

  it("is a port that the Gateway does not open for the host", () => {
    assert.equal(
      first(gateway(listener("", 8080)) + route("{ name: edge }")),
      "Gateway shop/edge opens web.example.com on port 8080, and the request goes to port 80 (13)",
    );
  });

  it("is a Gateway that no route names", () => {
    assert.equal(
      first(gateway()),
      "Gateway shop/edge opens web.example.com, and no route names it in parentRefs (13) → parentRefs: [{ name: edge, namespace: shop }] in a route",
    );
  });
});
