import assert from "node:assert/strict";
import { caseFromPage, includes, namespace, object, reasons, type Shown, service } from "./reasonsOf";

const policy = (spec: string, port = "{ name: http, port: 80 }") =>
  namespace + service("web", port) + object("AuthorizationPolicy", spec);
const denied: Shown = {
  status: 403,
  log: [
    { cluster: "outbound|80||web.shop.svc.cluster.local" },
    { cluster: "inbound|80||", details: "rbac_access_denied_matched_policy[none]" },
  ],
  labels: { app: "web" },
};
const passed: Shown = { by: "shop/web", labels: { app: "web" } };
const as = (request: string, expect = "200") => `{ it: i, from: shop/page, request: ${request}, expect: ${expect} }`;

describe("the reason of a denial by an ALLOW policy", () => {
  it("is the port in the Host header", () => {
    const all = reasons(
      policy("{ rules: [{ to: [{ operation: { hosts: [web] } }] }] }", "{ name: http, port: 8080 }"),
      caseFromPage("http://web:8080/"),
      denied,
    );
    includes(all, /host web:8080 is not web/m, /^hosts of .* has web, and the Host header of the request is web:8080/m);
  });

  it("is the method of a gRPC call, which is POST", () => {
    const mesh = policy("{ rules: [{ to: [{ operation: { methods: [GET] } }] }] }", "{ name: grpc, port: 80 }");
    includes(
      reasons(mesh, caseFromPage("grpc://web:80/a.B/C"), { ...denied, grpcStatus: 7 }),
      /method POST is not GET/,
    );
  });

  it("is a principal of another trust domain", () => {
    includes(
      reasons(
        policy('{ rules: [{ from: [{ source: { principals: ["example.com/ns/shop/sa/page"] } }] }] }'),
        caseFromPage("http://web/"),
        denied,
      ),
      /^the trust domain of this mesh is cluster\.local, so example\.com\/ns\/shop\/sa\/page .*→ \*\/ns\/shop\/sa\/page/m,
    );
  });

  it("is a peer without identity, since a DestinationRule switches mutual TLS off", () => {
    const mesh =
      policy("{ rules: [{ from: [{ source: { namespaces: [shop] } }] }] }") +
      object("DestinationRule", "{ host: web, trafficPolicy: { tls: { mode: DISABLE } } }", { name: "web" });
    includes(reasons(mesh, caseFromPage("http://web/"), denied), /does not match: peer's namespace none is not shop/);
  });

  it("is a preflight, which carries no token", () => {
    includes(
      reasons(
        policy('{ rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }'),
        as("{ url: http://web/, method: OPTIONS }"),
        denied,
      ),
      /requires a token, and a browser sends its preflight \(OPTIONS\) without one .*→ a rule more/,
    );
  });
});

describe("the reason of a denial by notPaths", () => {
  it("is an exact path, for a request below it", () => {
    includes(
      reasons(
        policy("{ action: DENY, rules: [{ to: [{ operation: { notPaths: [/public] } }] }] }"),
        caseFromPage("http://web/public/a"),
        denied,
      ),
      /notPaths of .* has \/public only: \/public\/a is another path, .*→ notPaths: \[\/public, "\/public\/\*"\]/,
    );
  });
});

describe("the reason why a request was not denied", () => {
  const wanted = caseFromPage("http://web/", "403");

  it("is a policy that is only rehearsed", () => {
    const mesh = policy("{ action: DENY, rules: [{}] }").replace(
      "{ name: x, namespace: shop }",
      '{ name: x, namespace: shop, annotations: { istio.io/dry-run: "true" } }',
    );
    includes(reasons(mesh, wanted, passed), /has istio\.io\/dry-run: "true": proxies only log what it would deny/);
  });

  it("is a rule without conditions", () => {
    includes(
      reasons(policy("{ rules: [{}] }"), wanted, passed),
      /a rule of .* has no conditions, so it allows every request/,
    );
  });

  it("is that ipBlocks mean the peer, for a caller in the mesh its own pod", () => {
    const mesh = policy('{ action: DENY, rules: [{ from: [{ source: { ipBlocks: ["203.0.113.0/24"] } }] }] }');
    const request = as("{ url: http://web/, headers: { x-forwarded-for: 203.0.113.7 } }", "403");
    const all = reasons(mesh, request, { ...passed, log: [{ cluster: "inbound|80||", downstream: "203.0.113.7:0" }] });
    includes(all, /compared with the direct peer's address, which is that of the caller's pod/);
  });
});

describe("the reason why a workload received no token", () => {
  it("is a RequestAuthentication that removes it", () => {
    const mesh =
      namespace +
      service("web", "{ name: http, port: 80 }") +
      object("RequestAuthentication", "{ jwtRules: [{ issuer: a, jwksUri: https://a.example.com/keys }] }");
    const request = as("{ url: http://web/, token: {} }", "{ requestHeaders: { authorization: present } }");
    includes(reasons(mesh, request, passed), /removes the token once it is checked .*→ forwardOriginalToken: true/);
    const kept = reasons(mesh.replace("issuer: a,", "issuer: a, forwardOriginalToken: true,"), request, passed);
    assert.doesNotMatch(kept.join("\n"), /removes the token/);
  });
});
