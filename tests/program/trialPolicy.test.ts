import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { readInput } from "../../model/trial/input";
import type { Source } from "../../model/trial/manifests/source";
import { makePlan } from "../../model/trial/plan";
import { rulesOf } from "../support/policy";

/** Violations of the policy pack by what a mesh test applies. */
function violationsOf(sources: readonly Source[]): string[] {
  const { manifests, tests } = readInput(sources);
  const { plan } = makePlan(manifests, tests, { stack: "dev", image: "node:22", programs: {}, jwks: "{}" });
  const resources = plan.objects.map((object) => ({
    type: `kubernetes:${object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`}:${object.kind}`,
    name: [object.kind, object.metadata.namespace, object.metadata.name].join("-").toLowerCase(),
    props: structuredClone({ ...object }) as Record<string, unknown>,
  }));
  return rulesOf(resources);
}
const folder = (name: string): Source[] =>
  readdirSync(name)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({ file: `${name}/${file}`, text: readFileSync(`${name}/${file}`, "utf8") }));
const manifests = (text: string): Source[] => [{ file: "mesh.yaml", text }];

describe("the policy pack on a mesh test", () => {
  const topics = readdirSync("examples/mesh").map((name) => `mesh/${name}`);
  const mended = readdirSync("examples/mistakes").map((name) => `mistakes/${name}/fixed`);
  for (const name of ["first", ...topics, ...mended])
    it(`accepts examples/${name}`, () => assert.deepEqual(violationsOf(folder(`examples/${name}`)), []));

  it("names the subset that is missing in examples/mistakes/unknown-subset/broken", () => {
    const [violation = ""] = violationsOf(folder("examples/mistakes/unknown-subset/broken"));
    assert.match(violation, /subset v3 of web is in no DestinationRule: requests to it would get 503/);
  });

  it("accepts a subset whose DestinationRule has the full name of the host", () => {
    const text = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web.shop.svc.cluster.local, subsets: [{ name: v1, labels: { version: v1 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: v1 } }] }] }
`;
    assert.deepEqual(violationsOf(manifests(text)), []);
  });

  it("accepts the Gateways of the environment, which another program owns", () => {
    const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/ingressgateway]
  http: [{ route: [{ destination: { host: web } }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ kind: Gateway, name: ingressgateway, namespace: istio-system, sectionName: http }]
  rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
    assert.deepEqual(violationsOf(manifests(text)), []);
  });

  const route = (grant: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [], rules: [{ backendRefs: [{ name: web, namespace: data, port: 80 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: web, namespace: data }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: ${grant} }], to: [{ group: "", kind: Service }] }
`;
  it("accepts a Service of another namespace that a ReferenceGrant opens for the route's namespace", () =>
    assert.deepEqual(violationsOf(manifests(route("shop"))), []));
  it("refuses it if the ReferenceGrant is for another namespace", () =>
    assert.match(violationsOf(manifests(route("other"))).join("\n"), /without a ReferenceGrant/));
});
