import { caseFromPage, includes, namespace, object, reasons, service } from "./reasonsOf";

const EGRESS = "istio-egressgateway.istio-system.svc.cluster.local";
const entry = object(
  "ServiceEntry",
  "{ hosts: [bank.example.com], ports: [{ number: 80, name: http, protocol: HTTP }, { number: 443, name: https, protocol: HTTPS }], resolution: DNS }",
  { name: "bank" },
);
const mesh = (more: string): string => namespace + service("web", "{ name: http, port: 80 }") + entry + more;
const rule = (tls: string, more = ""): string =>
  object("DestinationRule", `{ host: bank.example.com${more}, trafficPolicy: { tls: ${tls} } }`, { name: "bank" });
const gateway = (tls = "") =>
  object(
    "Gateway",
    `{ selector: { istio: egressgateway }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [bank.example.com]${tls} }] }`,
    { name: "bank" },
  );
const through = object(
  "VirtualService",
  `{ hosts: [bank.example.com], gateways: [mesh, bank], http: [{ match: [{ gateways: [mesh] }], route: [{ destination: { host: ${EGRESS}, port: { number: 443 } } }] }] }`,
  { name: "bank" },
);
const outbound = "outbound|443||bank.example.com";
const wantsTls = caseFromPage("http://bank.example.com/", "{ tls: true }");
const plainAt = { by: "outside", arrival: { tls: false } };
const atGateway = { proxy: "istio-system/istio-egressgateway-1", cluster: outbound };

describe("the reason why nothing starts TLS to a host outside the mesh", () => {
  it("is a credentialName that a sidecar does not read", () => {
    includes(
      reasons(mesh(rule("{ mode: MUTUAL, credentialName: bank-client }")), wantsTls, {
        ...plainAt,
        log: [{ cluster: outbound }],
      }),
      /^DestinationRule shop\/bank names a credentialName without workloadSelector, so only gateways apply its TLS/m,
    );
  });

  it("is a rule that the egress gateway does not see", () => {
    includes(
      reasons(mesh(rule("{ mode: SIMPLE }", ', exportTo: ["."]') + gateway() + through), wantsTls, {
        ...plainAt,
        log: [atGateway],
      }),
      /^DestinationRule shop\/bank is exported to \. only, and the gateway is in istio-system .*→ add istio-system to exportTo/m,
    );
  });

  it("is that no rule does", () => {
    includes(
      reasons(mesh(""), wantsTls, { ...plainAt, log: [{ cluster: outbound }] }),
      /^no DestinationRule starts TLS to port 443 of bank\.example\.com → a DestinationRule for bank\.example\.com/m,
    );
  });
});

describe("the reason why TLS to a host outside the mesh fails", () => {
  it("is a Secret that is not beside the gateway's pods", () => {
    const secret = "---\napiVersion: v1\nkind: Secret\nmetadata: { name: bank-client, namespace: shop }\n";
    includes(
      reasons(
        mesh(rule("{ mode: MUTUAL, credentialName: bank-client }") + gateway() + through + secret),
        caseFromPage("http://bank.example.com/"),
        { status: 503, log: [{ ...atGateway, flags: ["UF"], transport: "TLS_error:_Secret_is_not_supplied_by_SDS" }] },
      ),
      /^Secret shop\/bank-client is not in the namespace of the proxy that starts TLS, istio-system/m,
    );
  });

  it("is a server of the egress gateway that expects mutual TLS, and no missing Service", () => {
    const all = reasons(
      mesh(gateway(", tls: { mode: ISTIO_MUTUAL }") + through),
      caseFromPage("http://bank.example.com/"),
      {
        status: 503,
        log: [{ cluster: `outbound|443||${EGRESS}`, flags: ["UC"] }],
      },
    );
    includes(all, /^Gateway shop\/bank expects TLS on port 443 \(mode ISTIO_MUTUAL\), and no DestinationRule/m);
    if (all.some((text) => text.includes("no Service has the host"))) throw new Error(all.join("\n"));
  });

  it("is mutual TLS of the mesh to an endpoint without a proxy", () => {
    includes(
      reasons(mesh(rule("{ mode: ISTIO_MUTUAL }")), caseFromPage("http://bank.example.com/"), {
        status: 503,
        log: [{ cluster: outbound, flags: ["UF"] }],
      }),
      /^DestinationRule shop\/bank sets the TLS mode ISTIO_MUTUAL for bank\.example\.com, and the endpoints of ServiceEntry shop\/bank have no proxy/m,
    );
  });
});
