import assert from "node:assert/strict";
import { archivePath, chartsToInstall } from "../../../model/mesh/charts";
import { minorOf } from "../../../model/mesh/versions";
import { parseSettings } from "../../../model/settings/parse";
import versions from "../../../versions.json";

const { istio } = versions;
/** A version beside the pinned one. */
const next = `${minorOf(istio)}.99`;
const chart = { name: "istiod", version: "1.30.3" };

describe("the charts of an environment", () => {
  it("are those that the configuration needs", () => {
    const named = (config: Readonly<Record<string, string>>) => {
      const { settings } = parseSettings(config);
      return settings && chartsToInstall(settings).map(({ name, version }) => `${name} ${version}`);
    };
    assert.deepEqual(named({}), [
      ...[`metallb ${versions.metallb}`, `base ${istio}`, `istiod ${istio}`, `gateway ${istio}`],
    ]);
    assert.deepEqual(
      named({
        loadBalancer: "off",
        cluster: "existing",
        kubeContext: "a",
        allowedContexts: "a",
        nextIstioVersion: next,
      }),
      [`base ${next}`, `istiod ${istio}`, `istiod ${next}`, `gateway ${istio}`],
    );
  });

  for (const [repository, folder] of [
    ["https://blob.istio.io/istio-release/charts", "blob.istio.io/istio-release/charts"],
    ["https://blob.istio.io/istio-release/charts/", "blob.istio.io/istio-release/charts"],
    ["http://127.0.0.1:5001", "127.0.0.1_5001"],
    ["https://a.b/../../../etc", "a.b/etc"],
    ["https://a.b/%2e%2e/c?d=../../e", "a.b/c_d_.._.._e"],
  ] as const)
    it(`are kept by their repository: those of ${repository}`, () => {
      assert.equal(archivePath({ ...chart, repository }), `.tools/charts/${folder}/istiod-1.30.3.tgz`);
    });
});
