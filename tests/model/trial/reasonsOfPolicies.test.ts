import { caseFromPage, includes, namespace, object, reasons, type Shown, service } from "./reasonsOf";

describe("the reason of a denial", () => {
  const policy = (spec: string) =>
    namespace + service("web", "{ name: http, port: 80 }") + object("AuthorizationPolicy", spec);
  const denied = (details: string, more: object = {}): Shown => ({
    status: 403,
    log: [{ cluster: "outbound|80||web.shop.svc.cluster.local" }, { cluster: "inbound|80||", details, ...more }],
    labels: { app: "web" },
  });

  it("is a provider that the mesh does not have", () => {
    includes(
      reasons(
        policy("{ action: CUSTOM, provider: { name: opa }, rules: [{}] }"),
        caseFromPage("http://web/"),
        denied(
          "rbac_access_denied_matched_policy[istio-ext-authz-ns[shop]-policy[x]-rule[0]-deny-due-to-bad-CUSTOM-action]",
        ),
      ),
      /^AuthorizationPolicy shop\/x asks the authorizer opa, which the mesh does not have .* \(13\)/m,
    );
  });

  it("is the address of the direct peer", () => {
    const mesh = policy('{ rules: [{ from: [{ source: { ipBlocks: ["203.0.113.0/24"] } }] }] }');
    const case_ =
      '{ it: i, from: shop/page, request: { url: "http://web/", headers: { x-forwarded-for: 203.0.113.7 } }, expect: 200 }';
    includes(
      reasons(mesh, case_, denied("rbac_access_denied_matched_policy[none]", { downstream: "10.42.0.9:5000" })),
      /^rule 1 of AuthorizationPolicy shop\/x \(ALLOW\) does not match: address of the direct peer 10\.42\.0\.9 is not 203\.0\.113\.0\/24 \(13\)$/m,
      /^ipBlocks of AuthorizationPolicy shop\/x are compared with the direct peer's address/m,
    );
  });

  it("is a dot in the name of a claim that lies within another", () => {
    const mesh = policy('{ rules: [{ when: [{ key: "request.auth.claims[realm_access.roles]", values: [admin] }] }] }');
    const token = "{ issuer: i, claims: { realm_access: { roles: [admin] } } }";
    includes(
      reasons(
        mesh,
        `{ it: i, from: shop/page, request: { url: "http://web/", token: ${token} }, expect: 200 }`,
        denied("rbac_access_denied_matched_policy[none]"),
      ),
      /a claim within a claim is request\.auth\.claims\[realm_access\]\[roles\]/,
    );
  });
});
