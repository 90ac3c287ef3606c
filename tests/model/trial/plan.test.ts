import assert from "node:assert/strict";
import type { KubeObject } from "../../../model/trial/manifests/objects";
import { planOf, shop } from "./files";

const find = (objects: readonly KubeObject[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

const rule = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec:
  host: web
  subsets: [{ name: stable, labels: { version: v1 } }, { name: next, labels: { version: v2 } }]
`;

describe("the plan of a mesh test", () => {
  it("has one stand-in for each subset, with the labels that the Service and the subset select", () => {
    const { plan } = planOf(shop + rule);
    assert.deepEqual(
      plan.standIns.map(({ id, labels, ports }) => [id, labels, ports.map(({ number }) => number)]),
      [
        ["shop/web/v1", { app: "web", version: "v1" }, [8080]],
        ["shop/web/v2", { app: "web", version: "v2" }, [8080]],
        ["outside", { app: "outside" }, [80, 443]],
      ],
    );
  });

  it("keeps a Deployment's labels, service account and namespace, and replaces its containers", () => {
    const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 8
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, version: v7 } }
    spec: { serviceAccountName: webber, containers: [{ name: web, image: private.example.com/web:1 }] }
`;
    const { plan } = planOf(shop + rule + deployment);
    assert.deepEqual(plan.standIns.map(({ id, replicas, serviceAccount }) => [id, replicas, serviceAccount])[0], [
      "shop/web/v7",
      3,
      "webber",
    ]);
    assert.equal(plan.standIns.length, 2, "a subset that no pod of the user's has stays without pods");
    assert.ok(find(plan.objects, "ServiceAccount", "webber"));
    assert.doesNotMatch(JSON.stringify(plan.objects), /private\.example\.com/);
    assert.match(
      plan.substitutions.map(({ object, did }) => `${object}: ${did}`).join("\n"),
      /Deployment shop\/web: its containers and volumes are replaced/,
    );
  });

  it("creates a caller for each identity, and uses the stand-in as the caller if a Service selects it", () => {
    const { plan } = planOf(
      shop,
      `cases:
  - { it: a, from: [shop/web, shop/cron, "other/job (no sidecar)"], request: http://web.shop/, expect: 200 }
`,
    );
    assert.deepEqual(
      plan.callers.map(({ name, workload, standIn }) => [name, workload, standIn]),
      [
        ["shop/web", "web", "shop/web"],
        ["shop/cron", "caller-cron", undefined],
        ["other/job (no sidecar)", "caller-job-bare", undefined],
      ],
    );
    const bare = find(plan.objects, "Deployment", "caller-job-bare");
    assert.equal(bare?.spec?.template.metadata.labels["sidecar.istio.io/inject"], "false");
    assert.equal(find(plan.objects, "Namespace", "other")?.metadata.labels?.["istio-injection"], "enabled");
  });

  it("replaces hosts outside the mesh, keys that would be fetched and load balancers, and lists each", () => {
    const manifests = `${shop}---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: rates, namespace: shop }
spec: { hosts: [rates.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: login, namespace: shop }
spec: { jwtRules: [{ issuer: https://login.example.com, jwksUri: https://login.example.com/keys }] }
---
apiVersion: v1
kind: Service
metadata: { name: public, namespace: shop }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80, nodePort: 30100 }] }
`;
    const { plan } = planOf(manifests);
    assert.equal(find(plan.objects, "ServiceEntry", "rates")?.spec.endpoints[0].address, "__OUTSIDE_ADDRESS__");
    assert.deepEqual(find(plan.objects, "RequestAuthentication", "login")?.spec.jwtRules, [
      { issuer: "https://login.example.com", jwks: '{"keys":[]}' },
    ]);
    assert.deepEqual(find(plan.objects, "Service", "public")?.spec, {
      selector: { app: "web" },
      ports: [{ port: 80 }],
    });
    assert.equal(plan.substitutions.length, 3);
    assert.ok(plan.certificates.some(({ names }) => names.includes("rates.example.com")));
  });

  it("issues a certificate for a credential that the manifests lack, and never mends one that lies in another namespace", () => {
    const gateway = (name: string) => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [shop.example.com], tls: { mode: MUTUAL, credentialName: ${name} } }]
`;
    const secret = "---\napiVersion: v1\nkind: Secret\nmetadata: { name: mine, namespace: shop }\n";
    const credentials = (text: string) =>
      planOf(text).plan.certificates.filter(({ secret }) => !secret.startsWith("istio-trial"));
    assert.deepEqual(credentials(shop + gateway("shop-cert")), [
      { namespace: "istio-system", secret: "shop-cert", names: ["shop.example.com"], withCa: true },
    ]);
    assert.deepEqual(credentials(shop + secret + gateway("mine")), []);
    // a slip of the pen keeps the gateway without a certificate; another name beside a Secret does not
    const made = (name: string) => credentials(shop + secret.replace("mine", "web-cert") + gateway(name));
    assert.deepEqual(made("web-certs"), []);
    assert.equal(made("pay-cert").length, 1);
  });

  it("creates a gateway for a selector that matches no gateway of the environment", () => {
    const { plan } = planOf(`${shop}---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: egress, namespace: shop }
spec: { selector: { istio: egressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
`);
    assert.equal(find(plan.objects, "Deployment", "istio-egressgateway")?.metadata.namespace, "shop");
  });

  it("starts pods anew when their namespace gets sidecars", () => {
    const template = (manifests: string) =>
      planOf(manifests).plan.objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "web")
        ?.spec.template;
    assert.notDeepEqual(template(shop), template(shop.replace(", labels: { istio-injection: enabled }", "")));
  });

  it("fills a TLS Secret without data with a certificate of the run's CA, in the Secret's namespace", () => {
    const secret = (namespace: string) => `${shop}---
apiVersion: v1
kind: Secret
metadata: { name: cert, namespace: ${namespace} }
type: kubernetes.io/tls
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [a.example.com], tls: { mode: SIMPLE, credentialName: cert } }]
`;
    const { plan } = planOf(secret("shop"));
    assert.deepEqual(
      plan.certificates.filter(({ secret: name }) => name === "cert"),
      [{ namespace: "shop", secret: "cert", names: ["a.example.com"], withCa: false }],
    );
    assert.ok(!plan.objects.some(({ kind, metadata }) => kind === "Secret" && metadata.name === "cert"));
  });

  it("keeps a LoadBalancer that a case calls from outside by name, and hides the outside from the mesh", () => {
    const balancer = shop.replace("spec: {", "spec: { type: LoadBalancer,");
    const typeOf = (test: string) =>
      planOf(balancer, `cases: [{ it: answers, request: ${test}, expect: 200 }]`).plan.objects.find(
        ({ kind, metadata }) => kind === "Service" && metadata.name === "web",
      )?.spec.type;
    assert.equal(typeOf("http://web.shop/"), "LoadBalancer");
    assert.equal(typeOf("http://shop.example.com/"), undefined);
    const outside = planOf(shop).plan.objects.find(
      ({ kind, metadata }) => kind === "Service" && metadata.name === "outside",
    );
    assert.equal(outside?.metadata.annotations?.["networking.istio.io/exportTo"], "~");
  });

  it("marks everything that it makes, so that a later run finds what a killed one left", () => {
    const { objects } = planOf(shop + rule).plan;
    assert.ok(objects.length > 0);
    for (const { metadata, kind } of objects) assert.equal(metadata.labels?.["istio-on-k3d.trial/stack"], "dev", kind);
  });
});
