import assert from "node:assert/strict";
import { gatewayManifests } from "../../support/gatewayManifests";
import { shop } from "./files";
import { includes, object, reasons, type Shown } from "./reasonsOf";

const server = (hosts: string, port = 80): string =>
  `{ port: { number: ${port}, name: http-${port}, protocol: HTTP }, hosts: [${hosts}] }`;
/** A Gateway whose name is in line 12 of the manifests, its selector and servers in line 13. */
const gateway = ({
  selector = "istio: ingressgateway",
  servers = server("web.example.com"),
  namespace = "shop",
}): string => object("Gateway", `{ selector: { ${selector} }, servers: [${servers}] }`, { name: "edge", namespace });
/** A VirtualService whose spec is in line 18. */
const routed = (spec = "gateways: [edge]", hosts = "web.example.com"): string =>
  object("VirtualService", `{ hosts: [${hosts}], ${spec}, http: [{ route: [{ destination: { host: web } }] }] }`);
const edgeService = (ports: string): string => gatewayManifests("public", "public", ports);

const request = (url = "http://web.example.com/"): string => `{ it: i, request: "${url}", expect: 200 }`;
const missed: Shown = { status: 404, log: [{ proxy: "istio-system/gateway-1", flags: ["NR"], status: 404 }] };
const refused: Shown = { failure: "refused" };

const first = (manifests: string, shown: Shown, url?: string): string =>
  reasons(manifests, request(url), shown)[0] ?? "";

describe("the first reason of a request that does not get past a gateway", () => {
  it("is a selector whose labels no pod of a gateway has, also where nothing answers", () => {
    for (const [selector, right] of [
      ["istio: ingress-gateway", "istio: ingressgateway"],
      ["istio: istio-ingressgateway", "istio: ingressgateway"],
      ["isto: ingressgateway", "istio: ingressgateway"],
      ["app: istio-ingresgateway", "app: istio-ingressgateway"],
    ] as const)
      for (const shown of [missed, refused, { failure: "reset" } as const])
        assert.equal(
          first(shop + gateway({ selector }) + routed(), shown),
          `no pod of a gateway has the labels that Gateway shop/edge selects (${selector}), so no proxy opens its servers; did you mean ${right}? (13) → selector: { ${right} }`,
        );
  });

  it("is a Gateway of another namespace that the VirtualService names without it", () => {
    for (const shown of [missed, refused])
      assert.equal(
        first(shop + gateway({ namespace: "edges" }) + routed(), shown),
        "VirtualService shop/x names the Gateway shop/edge, which does not exist: a name without namespace means the VirtualService's own (18) → gateways: [edges/edge]",
      );
  });

  it("is a Gateway that does not exist, with the one of nearly the same name or with those that there are", () => {
    assert.equal(
      first(shop + gateway({}) + routed("gateways: [egde]"), missed),
      "VirtualService shop/x names the Gateway shop/egde, which does not exist (18) → gateways: [shop/edge]",
    );
    assert.equal(
      first(shop + gateway({}) + routed("gateways: [shop/public]"), missed),
      "VirtualService shop/x names the Gateway shop/public, which does not exist; there are: shop/edge (18)",
    );
  });

  it("is a Gateway whose servers do not have the host of the VirtualService", () => {
    assert.equal(
      first(
        shop + gateway({ servers: `${server("a.example.com")}, ${server('"*.example.org"', 8080)}` }) + routed(),
        missed,
      ),
      "Gateway shop/edge, which VirtualService shop/x names, has no server with the host web.example.com; it has: a.example.com, *.example.org (13) → add web.example.com to hosts",
    );
    // the name of a namespace before the host is no part of it
    assert.match(
      first(shop + gateway({ servers: server("other/web.example.com") }) + routed(), missed),
      /^Gateway shop\/edge opens web\.example\.com for routes in namespace other only, and VirtualService shop\/x is in shop \(13\)/,
    );
  });

  it("is a Gateway that has the host on another port", () => {
    assert.equal(
      first(shop + gateway({ servers: server("web.example.com", 8080) }) + routed(), missed),
      "Gateway shop/edge opens web.example.com on port 8080, and the request goes to port 80 (13)",
    );
  });

  it("is a port of the Gateway that the Service of its pods does not have", () => {
    const mesh = (ports: string) =>
      shop +
      gateway({ selector: "istio: public", servers: server("web.example.com", 8080) }) +
      routed() +
      edgeService(ports);
    const url = "http://web.example.com:8080/";
    assert.equal(
      first(mesh("{ name: http, port: 80 }, { name: https, port: 443 }"), refused, url),
      "Service shop/public, which is in front of the pods of Gateway shop/edge, has no port 8080; it has: 80, 443 (32) → ports: [{ name: port-8080, port: 8080 }]",
    );
    // a port of the Service may lead to another port of the pods, which the Gateway opens
    includes([first(mesh("{ name: http, port: 80, targetPort: 8080 }"), missed)], /^http route 1 of/);
  });

  it("is a Gateway that no VirtualService names", () => {
    assert.equal(
      first(shop + gateway({}) + routed("exportTo: ['*']"), missed),
      "VirtualService shop/x has the host, but applies to mesh and not to shop/edge (18) → add shop/edge to gateways",
    );
    assert.equal(
      first(shop + gateway({}) + routed("gateways: [edge]", "other.example.com"), missed),
      "Gateway shop/edge opens web.example.com, and no VirtualService has this host; there are: other.example.com (13) → a VirtualService with hosts: [web.example.com] and gateways: [shop/edge]",
    );
  });

  it("is the condition of the route if one VirtualService of the host is bound as it should be", () => {
    const inMesh = object(
      "VirtualService",
      "{ hosts: [web.example.com], http: [{ route: [{ destination: { host: web } }] }] }",
      {
        name: "inner",
      },
    );
    const conditional = routed().replace("http: [{ route", "http: [{ match: [{ uri: { prefix: /a } }], route");
    assert.match(
      first(shop + gateway({}) + conditional + inMesh, missed),
      /^http route 1 of VirtualService shop\/x does not match: path \/ is not prefix \/a/,
    );
  });

  it("is a host that the environment's own Gateway does not open", () => {
    const own = (hosts: string, more = "") => shop + routed(`gateways: [istio-system/ingressgateway]${more}`, hosts);
    assert.equal(
      first(own("web.example.com"), missed),
      "the environment's Gateway istio-system/ingressgateway, which VirtualService shop/x names, has no server with the host web.example.com; it has: *.mesh.example, mesh.example (13) → a host of mesh.example, or a Gateway of your own with the host web.example.com",
    );
    // also beside another gateway of the manifests
    const egress = gateway({ selector: "istio: egress", servers: server("out.example.com") });
    const conditional = own("web.mesh.example").replace(
      "http: [{ route",
      "http: [{ match: [{ uri: { prefix: /a } }], route",
    );
    assert.match(
      first(conditional + egress, missed, "http://web.mesh.example/"),
      /^http route 1 of VirtualService shop\/x does not match: path \/ is not prefix \/a/,
    );
  });

  it("is never of the entrance if a workload answered", () => {
    const answered = reasons(shop + gateway({ servers: server("a.example.com") }) + routed(), request(), {
      status: 404,
      by: "shop/web",
    });
    assert.doesNotMatch(answered.join("\n"), /has no server with the host/);
  });
});
