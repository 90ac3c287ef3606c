import assert from "node:assert/strict";
import { type PageName, pageHost, pagePorts } from "../../../model/mesh/pages";
import { publicHost } from "../../../model/names";
import { keyArgs, leafNames, renewalWindow } from "../../../model/security/certificates";
import { membershipLabels } from "../../../model/security/membership";
import { effectiveModes, type MtlsSettings, peerAuthentications } from "../../../model/security/mtls";
import type { Settings } from "../../../model/settings/contract";

const day = 24 * 60 * 60 * 1000;

describe("the certificate", () => {
  it("is renewed once in two thirds of its validity, with at least a third left", () => {
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

  it("has keys that browsers accept", () => {
    assert.deepEqual(keyArgs("ECDSA"), { algorithm: "ECDSA", ecdsaCurve: "P256" });
    assert.deepEqual(keyArgs("RSA"), { algorithm: "RSA", rsaBits: 2048 });
  });
});

describe("membership of the mesh", () => {
  const injection = (
    sidecarInjection: Settings["sidecarInjection"],
    sidecarVersion: string,
    dataplane: Settings["dataplane"] = "sidecar",
  ) => membershipLabels({ dataplane, sidecarInjection, sidecarVersion });

  it("in ambient is a label of the namespace, and restarts no pod that had no sidecar", () => {
    const { namespaceLabels, podLabels, podAnnotations } = injection("namespace", "1.30.3", "ambient");
    assert.deepEqual(namespaceLabels, { "istio.io/dataplane-mode": "ambient" });
    assert.deepEqual(podLabels, {});
    assert.deepEqual(podAnnotations, injection("off", "1.30.3").podAnnotations);
    assert.notDeepEqual(podAnnotations, injection("namespace", "1.30.3").podAnnotations);
  });

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

  it("changes the pods' template with every change of the way of injection, so that the Deployments roll", () => {
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

  it("names the policies of mesh and namespace `default`, because Istio applies no other name to all workloads", () => {
    const both = peerAuthentications({ ...unset, mtlsNamespaceMode: "STRICT" });
    assert.deepEqual(
      both.map(({ name, place }) => `${place}/${name}`),
      ["mesh/default", "app/default"],
    );
  });
});
