import assert from "node:assert/strict";
import { planOf, shop } from "./files";
import { caseFromPage, includes, object, reasons, type Shown } from "./reasonsOf";

const to = "route: [{ destination: { host: web } }]";
const header = (value: string) => `headers: { request: { set: { x-route: ${value} } } }`;
const route = (name: string, spec: string) => object("VirtualService", `{ ${spec} }`, { name });
const wants = "{ status: 200, requestHeaders: { x-route: b } }";
const outbound = "outbound|80||web.shop.svc.cluster.local";

describe("the reason of a route that another VirtualService keeps from being used", () => {
  it("is the older VirtualService of the host in the mesh, of which there is one for each host", () => {
    const all = reasons(
      shop +
        route("a", `hosts: [web], http: [{ match: [{ uri: { prefix: /a } }], ${to} }]`) +
        route("b", `hosts: [web.shop.svc.cluster.local], http: [{ match: [{ uri: { prefix: /b } }], ${to} }]`),
      caseFromPage("http://web/b", wants),
      { status: 404, log: [{ flags: ["NR"], status: 404 }] },
    );
    includes(
      all,
      /^http route 1 of VirtualService shop\/b matches too, and VirtualService shop\/a is for the same host: .* → move the route into VirtualService shop\/a$/m,
    );
    assert.doesNotMatch(all.join("\n"), /more exact host/);
  });

  it("is the older VirtualService of the host at a gateway, whose routes come first", () => {
    const gateway = object(
      "Gateway",
      "{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.example] }] }",
      { name: "edge" },
    );
    const at = (name: string, prefix: string) =>
      route(
        name,
        `hosts: [a.example], gateways: [edge], http: [{ match: [{ uri: { prefix: ${prefix} } }], ${header(name)}, ${to} }]`,
      );
    includes(
      reasons(
        shop + gateway + at("a", "/api") + at("b", "/api/v2"),
        `{ it: i, request: http://a.example/api/v2, expect: ${wants} }`,
        { by: "shop/web", log: [{ cluster: outbound, route: "shop/a/0", proxy: "istio-system/gateway-1" }] },
      ),
      /^http route 1 of VirtualService shop\/b matches too, and the routes of VirtualService shop\/a come first: .* → move the route into VirtualService shop\/a, before the one that was taken$/m,
    );
  });
});

describe("the reason of a setting without effect", () => {
  it("is a wildcard that ends before the mesh's domain", () => {
    includes(
      reasons(
        shop + route("x", 'hosts: ["*.shop"], http: [{ directResponse: { status: 418 } }]'),
        caseFromPage("http://web.shop/", "418"),
        { by: "shop/web", log: [{ cluster: outbound }] },
      ),
      /^a wildcard of VirtualService shop\/x ends before the domain of the mesh, .* → hosts: \["\*\.shop\.svc\.cluster\.local"\]$/m,
    );
  });

  it("is an entry of portLevelSettings, which replaces all that stands beside it", () => {
    includes(
      reasons(
        shop +
          object(
            "DestinationRule",
            "{ host: web, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: x-user } }, portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { maxConnections: 9 } } }] } }",
          ),
        '{ it: i, from: shop/page, request: { url: "http://web/", headers: { x-user: ann } }, expect: { sameWorkload: true } }',
        { by: "shop/web", log: [{ cluster: outbound }] },
      ),
      /^portLevelSettings of DestinationRule shop\/x replace its whole trafficPolicy for port 80: loadBalancer .* \(13\) → move loadBalancer/m,
    );
  });

  it("is a port of the pod to which a Sidecar forwards, and on which nothing listens", () => {
    const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }] }] }
`;
    const sidecar = object(
      "Sidecar",
      "{ workloadSelector: { labels: { app: web } }, ingress: [{ port: { number: 8080, name: http, protocol: HTTP }, defaultEndpoint: 127.0.0.1:8888 }] }",
    );
    const dead: Shown = {
      status: 503,
      log: [
        { cluster: outbound },
        { cluster: "inbound|8080||", flags: ["UF"], proxy: "shop/web-1", transport: "delayed_connect_error:_refused" },
      ],
      labels: { app: "web" },
    };
    includes(
      reasons(shop + deployment + sidecar, caseFromPage("http://web/"), dead),
      /^Sidecar shop\/x forwards port 8080 to 127\.0\.0\.1:8888, where shop\/web does not listen; its ports are: 8080 .* → defaultEndpoint: 127\.0\.0\.1:8080$/m,
      /^the connection to the pod failed: delayed_connect_error/m,
    );
    // a Sidecar is all that says on which port containers listen that nothing describes
    const { plan } = planOf(shop + sidecar);
    assert.deepEqual(
      plan.standIns.filter(({ id }) => id === "shop/web").map(({ ports }) => ports.map(({ number }) => number)),
      [[8080, 8888]],
    );
  });

  it("is a host that a ServiceEntry has in common with a Service", () => {
    includes(
      reasons(
        shop +
          object(
            "ServiceEntry",
            "{ hosts: [web.shop.svc.cluster.local], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: STATIC, endpoints: [{ address: 192.0.2.1 }] }",
          ),
        caseFromPage("http://web/", "{ by: web }"),
        { by: "outside", log: [{ cluster: outbound }] },
      ),
      /^ServiceEntry shop\/x has the host of Service shop\/web, so proxies also send to the endpoints of the entry \(13\)/m,
    );
  });
});
