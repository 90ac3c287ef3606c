import assert from "node:assert/strict";
import { shop } from "./files";
import { caseFromPage, entry, includes, object, reasons, type Shown } from "./reasonsOf";

const to = "route: [{ destination: { host: web } }]";
const header = (value: string) => `headers: { request: { set: { x-route: ${value} } } }`;
const route = (name: string, spec: string) => object("VirtualService", `{ ${spec} }`, { name });
const wants = "{ status: 200, requestHeaders: { x-route: b } }";
const outbound = "outbound|80||web.shop.svc.cluster.local";

describe("the reason of an answer by policies", () => {
  const policy = (spec: string, name = "x", namespace = "shop") =>
    object("AuthorizationPolicy", spec, { name, namespace });
  const passed: Shown = {
    by: "shop/web",
    log: [{ cluster: outbound }, { cluster: "inbound|8080||", sni: "outbound_.80_._.web.shop.svc.cluster.local" }],
  };

  it("is a header that is absent, for which notValues hold", () => {
    includes(
      reasons(
        shop + policy('{ rules: [{ when: [{ key: "request.headers[x-env]", notValues: [test] }] }] }'),
        caseFromPage("http://web/", "403"),
        passed,
      ),
      /matches by what its text says; the request has no request\.headers\[x-env\], and notValues hold for that/,
    );
  });

  it("is the server name that a proxy in the mesh sends", () => {
    const sni = policy(
      "{ action: DENY, rules: [{ when: [{ key: connection.sni, values: [web.shop.svc.cluster.local] }] }] }",
    );
    includes(
      reasons(shop + sni, caseFromPage("http://web/", "403"), passed),
      /does not match: connection\.sni outbound_\.80_\._\.web\.shop\.svc\.cluster\.local: wanted web\.shop/,
    );
  });

  it("is the gateway's namespace, which a policy with the gateway's labels is not in", () => {
    includes(
      reasons(
        shop + policy("{ selector: { matchLabels: { istio: ingressgateway } }, action: DENY, rules: [{}] }"),
        "{ it: i, request: http://web.example.com/, expect: 403 }",
        passed,
      ),
      /^AuthorizationPolicy shop\/x has the labels of the gateway, .*: the gateway is in istio-system .* → namespace: istio-system$/m,
    );
  });

  it("is two rules of a DENY policy, of which one is enough, and only where it denied", () => {
    const negative =
      shop +
      policy(
        '{ action: DENY, rules: [{ from: [{ source: { notPrincipals: ["cluster.local/ns/shop/sa/page"] } }] }, { to: [{ operation: { notPaths: [/health, /] } }] }] }',
      );
    const denied = { ...entry({}), details: "rbac_access_denied_matched_policy[ns[shop]-policy[x]-rule[1]]" };
    const all = reasons(negative, caseFromPage("http://web/book"), {
      status: 403,
      log: [{ cluster: outbound }, denied],
    });
    includes(all, /^rules 1 and 2 of AuthorizationPolicy shop\/x are alternatives/m);
    assert.doesNotMatch(all.join("\n"), /has \/ only/);
    assert.doesNotMatch(reasons(negative, caseFromPage("http://web/", "403"), passed).join("\n"), /are alternatives/);
  });

  it("is a PeerAuthentication with a selector, which reaches its own namespace only", () => {
    includes(
      reasons(
        shop +
          object("PeerAuthentication", "{ selector: { matchLabels: { app: web } }, mtls: { mode: STRICT } }", {
            namespace: "istio-system",
          }),
        '{ it: i, from: "shop/cron (no sidecar)", request: "http://web/", expect: reset }',
        { by: "shop/web", log: [{ cluster: "inbound|8080||" }] },
      ),
      /^PeerAuthentication istio-system\/x has a selector, so it applies to pods of its own namespace only, and shop\/web is in shop .* → namespace: shop$/m,
    );
  });
});

describe("the reason of a route by claims that was not used", () => {
  const gateway = object(
    "Gateway",
    "{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.example] }] }",
    { name: "edge" },
  );
  const tokens = (namespace: string) =>
    object(
      "RequestAuthentication",
      "{ selector: { matchLabels: { istio: ingressgateway } }, jwtRules: [{ issuer: i, jwksUri: https://i.example/jwks }] }",
      { namespace },
    );
  const routed = (key: string) =>
    route(
      "x",
      `hosts: [a.example], gateways: [edge], http: [{ match: [{ headers: { "@request.auth.claims${key}": { exact: admin } } }], ${header("b")}, ${to} }, { ${to} }]`,
    );
  const test = (claims: string) =>
    `{ it: i, request: { url: "http://a.example/", token: { claims: ${claims} } }, expect: ${wants} }`;
  const taken: Shown = { by: "shop/web", log: [{ cluster: outbound }] };

  it("is a RequestAuthentication that does not apply to the gateway", () => {
    includes(
      reasons(shop + gateway + tokens("shop") + routed(".group"), test("{ group: admin }"), taken),
      /^RequestAuthentication shop\/x has the labels of the gateway, .*: the gateway is in istio-system/m,
    );
  });

  it("is a dot within brackets, where the token has claims within claims", () => {
    includes(
      reasons(
        shop + gateway + tokens("istio-system") + routed("[realm.role]"),
        test("{ realm: { role: admin } }"),
        taken,
      ),
      /^a dot within brackets is part of the claim's name: .* → "@request\.auth\.claims\[realm\]\[role\]"$/m,
    );
  });
});
