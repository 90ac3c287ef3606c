import assert from "node:assert/strict";
import { planOf, shop } from "./files";
import { caseFromPage, includes, object, reasons } from "./reasonsOf";

const gateway = (selector: string): string =>
  object(
    "Gateway",
    `{ selector: { istio: ${selector} }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [web.example.com] }] }`,
    { name: "edge" },
  );
const routed = (more = ""): string =>
  object(
    "VirtualService",
    `{ hosts: [web.example.com], gateways: [edge], ${more}http: [{ route: [{ destination: { host: web } }] }] }`,
  );
const test = "{ it: i, request: http://web.example.com/, expect: 200 }";
const gateways = (manifests: string) =>
  planOf(manifests, `cases: [${test}]`).plan.objects.filter(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name.startsWith("istio-"),
  );

describe("the reason of a request that a gateway has no route for", () => {
  const missed = { status: 404, log: [{ proxy: "istio-system/gateway-1", flags: ["NR"], status: 404 }] };

  it("is a selector that nearly is the gateway's, for which no gateway is made", () => {
    const manifests = shop + gateway("ingress-gateway") + routed();
    assert.deepEqual(gateways(manifests), []);
    includes(
      reasons(manifests, test, missed),
      /^no pod of a gateway has the labels that Gateway shop\/edge selects \(istio: ingress-gateway\), so no proxy opens its servers; did you mean istio: ingressgateway\? .* → selector: \{ istio: ingressgateway \}/m,
    );
    assert.equal(gateways(shop + gateway("internal") + routed()).length, 1);
  });

  it("is a route that is not exported to the gateway's namespace", () => {
    includes(
      reasons(shop + gateway("ingressgateway") + routed('exportTo: ["."], '), test, missed),
      /^VirtualService shop\/x is exported to \. only, and the gateway is in istio-system .* → add istio-system to exportTo/m,
    );
  });
});

describe("the reasons of a connection that a workload refuses", () => {
  const other = object("VirtualService", "{ hosts: [other], http: [{ route: [{ destination: { host: web } }] }] }");
  const refused = { failure: "reset", labels: { app: "web" }, log: [{ proxy: "shop/web-1", flags: ["NR"] }] } as const;

  it("do not speak of hosts that VirtualServices do not have", () => {
    for (const url of ["http://web/", "tcp://web:80", "tcp://elsewhere.example.com:5432"])
      assert.doesNotMatch(
        reasons(shop + other, caseFromPage(url), refused).join("\n"),
        /no VirtualService has the host/,
      );
  });
});
