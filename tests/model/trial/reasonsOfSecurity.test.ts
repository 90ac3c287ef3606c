import { shop } from "./files";
import { includes, object, reasons } from "./reasonsOf";

describe("the reason of a denial or of a broken connection", () => {
  it("compares the request with every rule of the policies that could allow it", () => {
    const policy = object(
      "AuthorizationPolicy",
      '{ selector: { matchLabels: { app: web } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }], to: [{ operation: { methods: [GET], paths: ["/a*"] } }] }] }',
      { name: "p" },
    );
    const one = '{ it: i, from: shop/page, request: "POST http://web/b", expect: 200 }';
    const log = [
      { details: "rbac_access_denied_matched_policy[none]", proxy: "shop/web-1", cluster: "inbound|8080||" },
    ];
    includes(
      reasons(`${shop}${policy}`, one, { status: 403, log, labels: { app: "web" } }),
      /no rule of an ALLOW policy matches/,
      /rule 1 of AuthorizationPolicy shop\/p \(ALLOW\) does not match: peer cluster.local\/ns\/shop\/sa\/page is not cluster.local\/ns\/shop\/sa\/web; method POST is not GET and path \/b is not \/a\*/,
    );
    const denied = [{ ...log[0], details: "rbac_access_denied_matched_policy[ns[shop]-policy[p]-rule[0]]" }];
    includes(
      reasons(`${shop}${policy}`, one, { status: 403, log: denied }),
      /AuthorizationPolicy shop\/p denies it by rule 1 \(13\)/,
    );
  });

  it("names the reason why no policy denied a request that the case expects to be denied", () => {
    const one = '{ it: i, from: shop/page, request: "http://web/", expect: 403 }';
    const deny = (spec: string, namespace = "shop") =>
      `${shop}${object("AuthorizationPolicy", spec, { name: "p", namespace })}`;
    const shown = {
      by: "shop/web",
      arrival: { headers: { "x-forwarded-client-cert": "By=x;URI=spiffe://cluster.local/ns/shop/sa/page" } },
    };
    includes(
      reasons(deny('{ action: DENY, rules: [{ to: [{ operation: { ports: ["80"] } }] }] }'), one, shown),
      /ports of AuthorizationPolicy shop\/p are those of the pod: the Service's port 80 leads to 8080/,
    );
    includes(
      reasons(
        deny(
          "{ action: DENY, rules: [{ from: [{ source: { principals: [spiffe://cluster.local/ns/shop/sa/page] } }] }] }",
        ),
        one,
        shown,
      ),
      /have no spiffe:\/\//,
    );
    includes(
      reasons(deny("{ selector: { matchLabels: { app: other } } }"), one, shown),
      /does not apply to shop\/web: its selector has other labels/,
    );
    includes(reasons(deny("{}", "elsewhere"), one, shown), /does not apply to shop\/web: it is in namespace elsewhere/);
    includes(
      reasons(
        deny('{ action: DENY, rules: [{ when: [{ key: "request.headers[x-role]", values: [admin] }] }] }'),
        one,
        shown,
      ),
      /rule 1 of AuthorizationPolicy shop\/p \(DENY\) does not match: request.headers\[x-role\] is absent: wanted admin/,
    );
  });

  it("names the mutual TLS modes of both sides if they differ", () => {
    const strict = object("PeerAuthentication", "{ mtls: { mode: STRICT } }", { name: "default" });
    const rule = (mode: string) =>
      object("DestinationRule", `{ host: web, trafficPolicy: { tls: { mode: ${mode} } } }`);
    const one = (from: string) => `{ it: i, from: "${from}", request: "http://web/", expect: 200 }`;
    includes(
      reasons(`${shop}${strict}`, one("shop/page (no sidecar)"), { failure: "reset" }),
      /PeerAuthentication shop\/default sets STRICT for shop\/web on port 8080, and the caller has no sidecar.* \(13\)/,
    );
    includes(
      reasons(shop, one("shop/page (no sidecar)"), { failure: "reset", meshMode: "STRICT" }),
      /mtlsMode of the environment sets STRICT for shop\/web on port 8080, and the caller has no sidecar.* → a PeerAuthentication/,
    );
    const log = [{ flags: ["UF"], cluster: "outbound|80||web.shop.svc.cluster.local" }];
    includes(
      reasons(`${shop}${strict}${rule("DISABLE")}`, one("shop/page"), { status: 503, log }),
      /DestinationRule shop\/x sets the TLS mode DISABLE .* it sends plain text \(18\)/,
    );
    includes(
      reasons(`${shop}${rule("SIMPLE")}`, one("shop/page"), { status: 503, log }),
      /sends TLS of its own to a workload of the mesh/,
    );
  });
});
