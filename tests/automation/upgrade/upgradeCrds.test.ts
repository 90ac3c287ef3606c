import assert from "node:assert/strict";
import { oldCrds } from "../../../automation/commands/upgrade/crds";
import { ApiRefused } from "../../../host/kubernetes";
import { gatewayApiChart } from "../../../model/mesh/gatewayApi";
import { forNpm, writeRemedy } from "../../../model/output/remedy";

const chart = gatewayApiChart({
  ...{ routing: "gateway-api", gatewayApiRepository: "https://files.test/gateway-api" },
  ...{ istioVersion: "1.30.3", nextIstioVersion: "1.31.1", nextIstioStage: "default" },
});
assert.ok(chart);

/** A cluster whose CRDs of somebody else are of a version; none if it is undefined. */
const cluster = (bundle: string | undefined) => ({
  get: async <T>(path: string): Promise<T> => {
    if (!path.includes("customresourcedefinitions")) return { items: [] } as T;
    if (bundle === undefined) throw new ApiRefused(404, path, "not found");
    const annotations = { "gateway.networking.k8s.io/bundle-version": bundle };
    return { metadata: { name: path.split("/").at(-1), annotations } } as T;
  },
});

describe("an upgrade with routes of the Gateway API", () => {
  it("begins without CRDs, and with CRDs of somebody else that the new version can use", async () => {
    for (const bundle of [undefined, "v1.6.0", "v1.7.2"])
      assert.equal(await oldCrds(cluster(bundle), chart, "1.31.1"), undefined, bundle);
  });

  it("is refused before its first step with CRDs of somebody else that only the running version can use", async () => {
    const old = await oldCrds(cluster("v1.5.1"), chart, "1.31.1");
    assert.match(
      writeRemedy(old ?? [], forNpm()),
      /is of version 1\.5\.1, but Istio needs 1\.6\.0 or newer; nothing was overwritten; fix: kubectl apply --server-side -f https:\/\/files\.test\/\S+, then npm run upgrade -- --to 1\.31\.1$/,
    );
  });
});
