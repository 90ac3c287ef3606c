import assert from "node:assert/strict";
import { planOf, shop } from "./files";

/** Configurations of the sidecars in a plan, as their pods' annotations. */
const proxyConfigs = (dataplane: "sidecar" | "ambient"): string[] => {
  const { plan } = planOf(shop, undefined, { dataplane });
  return [...new Set(JSON.stringify(plan.objects).match(/ISTIO_META_ENABLE_HBONE[^}]*/g) ?? [])];
};

describe("a mesh test in an environment in ambient", () => {
  it("has sidecars without HBONE, so that the same manifests mean the same", () => {
    assert.deepEqual(proxyConfigs("ambient"), [String.raw`ISTIO_META_ENABLE_HBONE\":\"false\"`]);
    assert.deepEqual(proxyConfigs("sidecar"), []);
  });

  for (const [format, annotation] of [
    ["YAML", "concurrency: 1\nproxyMetadata:\n  LEVEL: info"],
    ["JSON", '{"concurrency":1,"proxyMetadata":{"LEVEL":"info"}}'],
  ] as const)
    it(`has sidecars without HBONE also where a Deployment configures them in ${format}`, () => {
      const template = {
        metadata: { labels: { app: "web" }, annotations: { "proxy.istio.io/config": annotation } },
        spec: { containers: [{ name: "web", image: "web" }] },
      };
      const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" } };
      const spec = { selector: { matchLabels: { app: "web" } }, template };
      const { plan } = planOf(`${shop}---\n${JSON.stringify({ ...deployment, spec })}`, undefined, {
        dataplane: "ambient",
      });
      const pod = plan.objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "web");
      assert.deepEqual(JSON.parse(pod?.spec?.template.metadata.annotations["proxy.istio.io/config"]), {
        concurrency: 1,
        drainDuration: "1s",
        holdApplicationUntilProxyStarts: true,
        proxyMetadata: { LEVEL: "info", ISTIO_META_ENABLE_HBONE: "false" },
      });
    });
});

describe("manifests for ambient", () => {
  const labelled = (manifest: string, ...labels: (readonly [string, string])[]) =>
    labels.reduce((text, [from, to]) => text.replace(from, to), manifest);
  const ambientShop = labelled(
    shop,
    ["istio-injection: enabled", "istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint"],
    ["name: web, namespace: shop", "name: web, namespace: shop, labels: { istio.io/use-waypoint: web-waypoint }"],
  );
  const waypoint = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
  const { plan, problemLines: told } = planOf(ambientShop + waypoint);
  const labelsOf = (kind: string, name: string) =>
    plan.objects.find((object) => object.kind === kind && object.metadata.name === name)?.metadata.labels;

  it("get sidecars in place of ztunnel and of waypoints, and the report lists each", () => {
    assert.deepEqual(told, []);
    assert.deepEqual(
      plan.substitutions.filter(({ did }) => /sidecars/.test(did)).map(({ object, did }) => `${object}: ${did}`),
      [
        "Namespace shop: pods get sidecars in place of istio.io/dataplane-mode: ambient, so ztunnel is not tested",
        "Namespace shop: sidecars act in place of waypoint waypoint, which is not tested",
        "Service shop/web: sidecars act in place of waypoint web-waypoint, which is not tested",
      ],
    );
    assert.deepEqual(labelsOf("Namespace", "shop"), {
      "istio-injection": "enabled",
      "istio-on-k3d.trial/stack": "dev",
    });
    assert.deepEqual(labelsOf("Service", "web"), { "istio-on-k3d.trial/stack": "dev" });
  });

  it("are applied without their waypoints, and the report lists each", () => {
    assert.deepEqual(
      plan.leftOut.map(({ object, why }) => `${object}: ${why}`),
      ["Gateway shop/waypoint: the pods of a run have sidecars, which use no waypoint"],
    );
  });

  it("keep the revision that injects, and the pods that stay out of the mesh", () => {
    const revised = planOf(
      labelled(shop, ["istio-injection: enabled", "istio.io/dataplane-mode: ambient, istio.io/rev: stable"]),
    );
    const out = planOf(labelled(shop, ["istio-injection: enabled", "istio.io/dataplane-mode: none"]));
    const labels = ({ plan: { objects } }: typeof out) =>
      objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === "shop")?.metadata.labels;
    assert.deepEqual(labels(revised), { "istio.io/rev": "stable", "istio-on-k3d.trial/stack": "dev" });
    assert.deepEqual(labels(out), { "istio.io/dataplane-mode": "none", "istio-on-k3d.trial/stack": "dev" });
  });
});
