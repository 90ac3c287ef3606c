import assert from "node:assert/strict";
import { runAuthority } from "../../../model/trial/certificates/authorities";
import { planOf, shop } from "./files";
import { object } from "./reasonsOf";

const rule = (credential: string, more = "") =>
  object(
    "DestinationRule",
    `{ host: bank.example.com, trafficPolicy: { tls: { mode: MUTUAL, credentialName: ${credential} } }${more} }`,
    { name: "bank" },
  );
const entry = object(
  "ServiceEntry",
  "{ hosts: [bank.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS }",
);
const egress = object(
  "Gateway",
  '{ selector: { istio: egressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
  { name: "egress" },
);
const secret = (namespace: string, more: string) =>
  `---\napiVersion: v1\nkind: Secret\nmetadata: { name: bank-client, namespace: ${namespace} }\n${more}`;
const made = (manifests: string) =>
  planOf(shop + entry + manifests).plan.certificates.filter(({ secret }) => !secret.startsWith("istio-trial"));
const client = { secret: "bank-client", names: ["client.trial"], withCa: true, isClient: true };

describe("the credential of a DestinationRule", () => {
  it("that no Secret has is a client certificate where gateways, or the rule's own workloads, look for it", () => {
    assert.deepEqual(made(egress + rule("bank-client")), [{ ...client, namespace: "shop" }]);
    const selector = ", workloadSelector: { matchLabels: { app: web } }";
    assert.deepEqual(made(rule("bank-client", selector)), [{ ...client, namespace: "shop" }]);
    assert.deepEqual(made(rule("bank-client")), [], "a sidecar reads no Secret without workloadSelector");
  });

  it("that lies in another namespace stays there, also without data", () => {
    const empty = secret("other", "type: kubernetes.io/tls\n");
    assert.deepEqual(made(egress + rule("bank-client") + empty), [{ ...client, namespace: "other" }]);
  });

  it("keeps the user's certificate and verifies by the run's CA, which the stand-in's certificate has", () => {
    const own = secret("shop", 'data: { tls.crt: YQ==, tls.key: Yg== }\nstringData: { ca.crt: "theirs" }\n');
    const { plan } = planOf(shop + entry + egress + rule("bank-client") + own);
    const applied = plan.objects.find(({ metadata }) => metadata.name === "bank-client");
    assert.deepEqual(applied?.["data"], { "tls.crt": "YQ==", "tls.key": "Yg==" });
    assert.deepEqual(applied?.["stringData"], { "ca.crt": runAuthority });
    assert.match(plan.substitutions.map(({ did }) => did).join("\n"), /its CA is that of this run/);
  });

  it("may be read by the gateway that a run makes", () => {
    const { plan } = planOf(shop + egress);
    const names = plan.objects.filter(({ kind }) => /^(Role|RoleBinding|ServiceAccount)$/.test(kind));
    assert.deepEqual(
      names.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      [
        "ServiceAccount shop/istio-egressgateway",
        "Role shop/istio-egressgateway-sds",
        "RoleBinding shop/istio-egressgateway-sds",
      ],
    );
  });
});

describe("a Secret without data that a MUTUAL gateway names", () => {
  const gateway = object(
    "Gateway",
    "{ selector: { istio: ingressgateway }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [a.example.com], tls: { mode: MUTUAL, credentialName: bank-client } }] }",
  );
  const empty = secret("istio-system", "type: kubernetes.io/tls\n");
  const withCa = (more: string) => made(gateway + empty + more).map((one) => one.withCa);

  it("has the run's CA, unless a Secret of the manifests has one under whatever name", () => {
    assert.deepEqual(withCa(""), [true]);
    const authority =
      "---\napiVersion: v1\nkind: Secret\nmetadata: { name: ca, namespace: istio-system }\ndata: { cacert: YQ== }\n";
    assert.deepEqual(withCa(authority), [false]);
  });
});

describe("rights in a mesh test", () => {
  const role = (namespace: string) =>
    `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader, namespace: ${namespace} }\nrules: []\n`;

  it("are applied in namespaces of the user's, and left out in those of the environment", () => {
    const { plan, problemLines: told } = planOf(shop + role("shop") + role("istio-system"));
    assert.deepEqual(told, []);
    assert.equal(plan.objects.filter(({ kind }) => kind === "Role").length, 1);
    assert.deepEqual(
      plan.leftOut.map(({ object, why }) => `${object}: ${why}`),
      ["Role istio-system/reader: namespace istio-system belongs to the environment"],
    );
  });
});

describe("a Telemetry of the user", () => {
  const telemetry = (namespace: string) =>
    `---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: { name: own, namespace: ${namespace} }\nspec: { tracing: [], accessLogging: [{ disabled: true }] }\n`;
  const specs = (namespace: string) =>
    planOf(shop + telemetry(namespace)).plan.objects.filter(({ kind }) => kind === "Telemetry");
  const logging = [{ providers: [{ name: "envoy" }] }];

  it("does not switch access logs off, from which reports derive their reasons", () => {
    assert.deepEqual(
      specs("shop").map(({ spec }) => spec),
      [{ tracing: [] }, { accessLogging: logging }],
    );
    assert.deepEqual(
      specs("istio-system").map(({ spec }) => spec),
      [{ tracing: [], accessLogging: logging }],
    );
  });
});
