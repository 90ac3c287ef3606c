import { shop } from "./files";
import { includes, reasons } from "./reasonsOf";

const api = (kind: string, name: string, spec: string, namespace = "shop") =>
  `---\napiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
const gateway = api(
  "Gateway",
  "edge",
  '{ gatewayClassName: istio, listeners: [{ name: plain, port: 80, protocol: HTTP, hostname: "*.example.com" }] }',
);
const route = (spec: string, kind = "HTTPRoute", namespace = "shop") =>
  shop + gateway + api(kind, "web", `{ ${spec} }`, namespace);
const backend = "rules: [{ backendRefs: [{ name: web, port: 80 }] }]";
const out = (url: string, expect = "200") => `{ it: i, request: "${url}", expect: ${expect} }`;
const missed = { status: 404, log: [{ flags: ["NR"], proxy: "shop/edge-istio-1" }] };
const host = "hostnames: [a.example.com]";

describe("the reason why a Gateway of the Gateway API has no route", () => {
  it("is a listener that it does not have", () => {
    includes(
      reasons(
        route(`parentRefs: [{ name: edge, sectionName: web }], ${host}, ${backend}`),
        out("http://a.example.com/"),
        missed,
      ),
      /^HTTPRoute shop\/web names the listener web of Gateway shop\/edge, which has: plain .*→ sectionName: plain/m,
    );
  });

  it("is a listener that admits its own namespace only", () => {
    includes(
      reasons(
        route(`parentRefs: [{ name: edge, namespace: shop }], ${host}, ${backend}`, "HTTPRoute", "other"),
        out("http://a.example.com/"),
        missed,
      ),
      /^listener plain of Gateway shop\/edge admits routes of its own namespace only, and HTTPRoute other\/web is in other/m,
    );
  });

  it("is a host that no route has", () => {
    includes(
      reasons(route(`parentRefs: [{ name: edge }], ${host}, ${backend}`), out("http://b.example.com/"), missed),
      /^no route has the host b\.example\.com; there are: a\.example\.com/m,
    );
  });

  it("is a host that no listener has, also beside a route for callers in the mesh", () => {
    const mesh = api("HTTPRoute", "mesh", `{ parentRefs: [{ group: "", kind: Service, name: web }], ${backend} }`);
    includes(
      reasons(
        route(`parentRefs: [{ name: edge }], hostnames: [a.example.org], ${backend}`) + mesh,
        out("http://a.example.org/"),
        missed,
      ),
      /^no listener of Gateway shop\/edge has the host a\.example\.org; there are: \*\.example\.com/m,
    );
    includes(
      reasons(route(`parentRefs: [{ name: edge }], ${host}, ${backend}`) + mesh, out("http://b.example.com/"), missed),
      /^no route has the host b\.example\.com/m,
    );
  });

  it("is a gRPC service without its package", () => {
    const rules =
      "rules: [{ matches: [{ method: { service: Cart, method: Get } }], backendRefs: [{ name: web, port: 80 }] }]";
    includes(
      reasons(
        route(`parentRefs: [{ name: edge }], ${host}, ${rules}`, "GRPCRoute"),
        out("grpc://a.example.com:80/shop.Cart/Get", "{ grpcStatus: 0 }"),
        { ...missed, status: 200, grpcStatus: 12 },
      ),
      /^GRPCRoute shop\/web matches Cart\/Get, and the call is shop\.Cart\/Get/m,
    );
  });
});

describe("the reason of another answer by an HTTPRoute", () => {
  it("is a path that is replaced whole", () => {
    const rules =
      "rules: [{ filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplaceFullPath, replaceFullPath: /v2 } } }], backendRefs: [{ name: web, port: 80 }] }]";
    includes(
      reasons(
        route(`parentRefs: [{ name: edge }], ${host}, ${rules}`),
        out("http://a.example.com/api/x", "{ path: /v2/x }"),
        {
          by: "shop/web",
          arrival: { path: "/v2" },
        },
      ),
      /^ReplaceFullPath of HTTPRoute shop\/web replaces the whole path/m,
    );
  });

  it("is the status of a redirect that names none", () => {
    const rules = "rules: [{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }]";
    includes(
      reasons(route(`parentRefs: [{ name: edge }], ${host}, ${rules}`), out("http://a.example.com/", "301"), {
        status: 302,
      }),
      /^RequestRedirect of HTTPRoute shop\/web answers 302, .*→ statusCode: 301/m,
    );
  });

  it("is a ReferenceGrant for routes of another namespace", () => {
    const grant = api(
      "ReferenceGrant",
      "grant",
      '{ from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: third }], to: [{ group: "", kind: Service }] }',
      "other",
    );
    const rules = "rules: [{ backendRefs: [{ name: far, namespace: other, port: 80 }] }]";
    includes(
      reasons(route(`parentRefs: [{ name: edge }], ${host}, ${rules}`) + grant, out("http://a.example.com/"), {
        status: 500,
        log: [{ flags: ["NC"] }],
      }),
      /^no ReferenceGrant in other allows HTTPRoute shop\/web to use its Services/m,
    );
  });

  it("is a port of the Service in the parentRef that the Service does not have", () => {
    const one = "{ it: i, from: shop/page, request: http://web/, expect: { requestHeaders: { x-mesh: present } } }";
    includes(
      reasons(route(`parentRefs: [{ group: "", kind: Service, name: web, port: 8080 }], ${backend}`), one, {
        by: "shop/web",
      }),
      /^HTTPRoute shop\/web is for port 8080 of Service shop\/web, which has: 80 .*→ port: 80/m,
    );
  });
});
