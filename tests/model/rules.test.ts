import assert from "node:assert/strict";
import { type PageName, pageHost, pagePorts } from "../../model/mesh/pages";
import { abandoned, releases } from "../../model/mesh/releases";
import { retryAfter } from "../../model/mesh/webhook";
import { publicHost } from "../../model/names";
import { keyArgs, leafNames, renewalWindow } from "../../model/security/certificates";
import { effectiveModes, injection, type MtlsSettings, peerAuthentications } from "../../model/security/mtls";
import { curlLine, reachable } from "../../model/traffic/urls";

const day = 24 * 60 * 60 * 1000;

describe("certificates", () => {
  it("renews once in two thirds of the validity and leaves a third to every leaf", () => {
    const start = 60 * day * 300;
    for (let age = 0; age < 60; age++) assert.equal(renewalWindow(new Date(start + age * day), 90), 300);
    assert.equal(renewalWindow(new Date(start + 60 * day), 90), 301);
  });

  it("covers the wildcard, the domain itself, and so every host that is served", () => {
    assert.deepEqual(leafNames("a.b"), ["*.a.b", "a.b"]);
    // a wildcard stands for exactly one label (RFC 6125 §6.4.3)
    const pages = Object.keys(pagePorts) as PageName[];
    for (const host of [publicHost("a.b"), ...pages.map((page) => pageHost(page, "a.b"))])
      assert.match(host, /^[a-z0-9-]+\.a\.b$/);
  });

  it("makes keys that browsers take", () => {
    assert.deepEqual(keyArgs("ECDSA"), { algorithm: "ECDSA", ecdsaCurve: "P256" });
    assert.deepEqual(keyArgs("RSA"), { algorithm: "RSA", rsaBits: 2048 });
  });
});

describe("sidecar injection", () => {
  it("by Deployment puts no label on the namespace, which would overrule the pods", () => {
    assert.deepEqual(injection("deployment", "1.30.3").namespaceLabels, {});
    assert.deepEqual(injection("deployment", "1.30.3").podLabels, {
      "sidecar.istio.io/inject": "true",
      "istio.io/rev": "stable",
    });
  });

  it("by namespace leaves the pods to the tag on the namespace", () => {
    assert.deepEqual(injection("namespace", "1.30.3").namespaceLabels, { "istio.io/rev": "stable" });
    assert.deepEqual(injection("namespace", "1.30.3").podLabels, {});
  });

  it("changes the pods' template with every change of the way, so that the Deployments roll", () => {
    const templates = (["namespace", "deployment", "off"] as const).map((way) =>
      JSON.stringify(injection(way, "1.30.3").podAnnotations),
    );
    assert.equal(new Set(templates).size, 3);
  });

  it("changes the pods' template when the tag names another version, but not without sidecars", () => {
    const annotations = (way: "namespace" | "off", version: string) => injection(way, version).podAnnotations;
    assert.notDeepEqual(annotations("namespace", "1.30.3"), annotations("namespace", "1.31.0"));
    assert.deepEqual(annotations("off", "1.30.3"), annotations("off", "1.31.0"));
  });
});

describe("Helm releases after a kill", () => {
  const revision = (release: string, status: string) => ({ namespace: "istio-system", release, status });
  const known = new Set(["istio-system/istiod"]);

  for (const [release, status, forgotten] of [
    ["istiod", "deployed", false],
    ["istiod", "superseded", false],
    ["istiod", "failed", false],
    ["istiod", "pending-install", true],
    ["istiod", "pending-upgrade", true],
    ["istiod-1-30-3", "pending-install", true],
    ["istiod-1-30-3", "deployed", true],
    ["istiod-1-31-0-rc-0", "pending-install", true],
    ["istiod-1-29-1", "deployed", false],
    ["istiod-1-29-1", "pending-install", false],
    ["istiod-mine", "pending-install", false],
    ["istio-base", "deployed", true],
    ["istio-ingressgateway", "superseded", true],
    ["istio-egressgateway", "deployed", false],
    ["istio-egressgateway", "pending-install", false],
    ["metallb", "deployed", false],
  ] as const)
    it(`${forgotten ? "forget" : "keep"} ${release} when it is ${status}`, () => {
      const made = releases({ istioVersion: "1.30.3", nextIstioVersion: "1.31.0-rc.0" });
      assert.equal(abandoned([revision(release, status)], made, known).length, forgotten ? 1 : 0);
    });

  it("keep the user's own release called istiod, as Istio's documentation installs it, unless the state has it", () => {
    const made = releases({ istioVersion: "1.30.3", nextIstioVersion: "none" });
    for (const status of ["deployed", "pending-install"])
      assert.deepEqual(abandoned([revision("istiod", status)], made, new Set()), []);
  });
});

describe("mTLS by scope", () => {
  const unset = {
    mtlsMode: "PERMISSIVE",
    mtlsNamespaceMode: "UNSET",
    mtlsWorkloadMode: "UNSET",
    mtlsPortMode: "UNSET",
    mtlsPort: 8080,
  } as const;
  const modes = (difference: Partial<MtlsSettings>) =>
    Object.values(effectiveModes({ ...unset, ...difference })).map(({ mode, scope }) => `${mode} by ${scope}`);

  for (const [what, difference, effective] of [
    [
      "nothing but the mesh is set",
      {},
      ["PERMISSIVE by mesh", "PERMISSIVE by mesh", "PERMISSIVE by mesh", "PERMISSIVE by mesh"],
    ],
    [
      "the namespace is set",
      { mtlsNamespaceMode: "STRICT" },
      ["STRICT by namespace", "STRICT by namespace", "STRICT by namespace", "PERMISSIVE by mesh"],
    ],
    [
      "the workload overrules the namespace",
      { mtlsNamespaceMode: "STRICT", mtlsWorkloadMode: "DISABLE" },
      ["DISABLE by workload", "DISABLE by workload", "STRICT by namespace", "PERMISSIVE by mesh"],
    ],
    [
      "the port overrules them all",
      { mtlsMode: "STRICT", mtlsWorkloadMode: "STRICT", mtlsPortMode: "PERMISSIVE" },
      ["PERMISSIVE by port", "STRICT by workload", "STRICT by mesh", "STRICT by mesh"],
    ],
  ] as const)
    it(`holds for port, pods, namespace and mesh when ${what}`, () => {
      assert.deepEqual(modes(difference), effective);
    });

  it("makes one PeerAuthentication for a port without deciding on its pods", () => {
    const [, workload, ...more] = peerAuthentications({ ...unset, mtlsPortMode: "STRICT" });
    assert.deepEqual(workload?.spec, {
      selector: { matchLabels: { app: "helloworld" } },
      portLevelMtls: { 8080: { mode: "STRICT" } },
    });
    assert.deepEqual(more, []);
  });

  it("names the policies of mesh and namespace default, where alone they hold for all", () => {
    const both = peerAuthentications({ ...unset, mtlsNamespaceMode: "STRICT" });
    assert.deepEqual(
      both.map(({ name, place }) => `${place}/${name}`),
      ["mesh/default", "app/default"],
    );
  });
});

describe("urls", () => {
  it("names the port that the host publishes first", () => {
    assert.deepEqual(
      reachable({ cluster: "k3d", domain: "a.b", httpsPort: 8443 }, "10.44.0.239").map(({ url, address, port }) => [
        url,
        address,
        port,
      ]),
      [
        ["https://helloworld.a.b:8443/", "127.0.0.1", 8443],
        ["https://helloworld.a.b/", "10.44.0.239", 443],
      ],
    );
  });

  it("gives a curl line that needs no hosts file", () => {
    assert.equal(
      curlLine({ cluster: "k3d", domain: "a.b", httpsPort: 8443, tokens: false }, "10.44.0.239"),
      "curl --cacert ca.pem --resolve helloworld.a.b:8443:127.0.0.1 https://helloworld.a.b:8443/",
    );
  });

  it("lead to the load balancer alone where the cluster is the user's, with a token where one is asked for", () => {
    const settings = { cluster: "existing", domain: "a.b", httpsPort: 443, tokens: true } as const;
    assert.deepEqual(
      reachable(settings, "10.9.0.1").map(({ address, port }) => [address, port]),
      [["10.9.0.1", 443]],
    );
    assert.equal(
      curlLine(settings, "10.9.0.1"),
      'curl -H "Authorization: Bearer $(npm run --silent token)" --cacert ca.pem --resolve helloworld.a.b:443:10.9.0.1 https://helloworld.a.b/',
    );
    // curl resolves to addresses only
    assert.match(curlLine(settings, "lb.cloud.test"), / --connect-to helloworld\.a\.b:443:lb\.cloud\.test:443 https/);
  });
});

describe("webhook retry", () => {
  const refused =
    'Internal error occurred: failed calling webhook "ipaddresspoolvalidationwebhook.metallb.io": failed to call webhook: Post "https://metallb-webhook-service.metallb-system.svc:443/validate": dial tcp 10.43.1.2:443: connect: connection refused';
  const denied = 'admission webhook "ipaddresspoolvalidationwebhook.metallb.io" denied the request: invalid CIDR';

  it("waits for a webhook that does not answer, for a minute to two and then no more", () => {
    const waits = Array.from({ length: 40 }, (_, tries) => retryAfter(Array(tries + 1).fill(refused)));
    const total = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
    assert.ok(total >= 60_000 && total <= 120_000, `${total} ms`);
    assert.equal(waits.at(-1), undefined);
  });

  it("does not repeat a request that the webhook denied", () => {
    assert.equal(retryAfter([denied]), undefined);
    assert.equal(retryAfter([denied, refused]), undefined);
  });

  for (const cause of [
    "no endpoints available for service",
    "x509: certificate signed by unknown authority",
    "context deadline exceeded",
    "i/o timeout",
    "read tcp 10.42.0.1:40112->10.42.0.9:9443: read: connection reset by peer",
    "net/http: TLS handshake timeout",
    'service "metallb-webhook-service" not found',
    "proxy error from 127.0.0.1:6443 while dialing 10.42.0.9:9443, code 502: 502 Bad Gateway",
    "dial tcp 10.43.7.9:443: connect: network is unreachable",
    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
  ])
    it(`waits when the call fails with: ${cause}`, () => {
      assert.equal(typeof retryAfter([`failed calling webhook "validation.istio.io": ${cause}`]), "number");
    });
});
