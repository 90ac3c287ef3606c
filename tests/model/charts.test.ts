import assert from "node:assert/strict";
import { archivePath, charts } from "../../model/mesh/charts";
import { parseSettings } from "../../model/settings/parse";

const chart = { name: "istiod", version: "1.30.3" };

describe("the charts of an environment", () => {
  it("are those that the configuration asks for", () => {
    const named = (config: Readonly<Record<string, string>>) => {
      const { settings } = parseSettings(config);
      return settings && charts(settings).map(({ name, version }) => `${name} ${version}`);
    };
    assert.deepEqual(named({}), ["metallb 0.15.2", "base 1.30.3", "istiod 1.30.3", "gateway 1.30.3"]);
    assert.deepEqual(
      named({
        loadBalancer: "off",
        cluster: "existing",
        kubeContext: "a",
        allowedContexts: "a",
        nextIstioVersion: "1.31.0",
      }),
      ["base 1.31.0", "istiod 1.30.3", "istiod 1.31.0", "gateway 1.30.3"],
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
