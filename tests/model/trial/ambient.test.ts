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
});
