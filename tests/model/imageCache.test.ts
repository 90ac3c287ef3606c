import assert from "node:assert/strict";
import { imageCaches, registryOf } from "../../model/cluster/imageCache";
import { clusterSettings, k3dConfig } from "../../model/cluster/k3dConfig";
import { parseSettings } from "../../model/settings/parse";

const of = (config: Record<string, string>) => {
  const { settings, problems } = parseSettings(config);
  assert.ok(settings, JSON.stringify(problems));
  return settings;
};

describe("the caches of images", () => {
  for (const [image, host] of [
    ["docker.io/istio", "docker.io"],
    ["us-docker.pkg.dev/google-samples/containers/gke/hello-app", "us-docker.pkg.dev"],
    ["localhost:5000/app", "localhost:5000"],
    ["library/nginx", "docker.io"],
    ["nginx:1.27", "docker.io"],
  ] as const)
    it(`know that ${image} is of ${host}`, () => {
      assert.equal(registryOf(image), host);
    });

  it("are none unless asked for, and then one of each registry that an environment pulls from", () => {
    assert.deepEqual(imageCaches(of({})), []);
    assert.deepEqual(
      imageCaches(of({ imageCache: "true", istioHub: "gcr.io/istio-release", appImage: "ghcr.io/me/app" })),
      [
        { host: "docker.io", upstream: "https://registry-1.docker.io" },
        { host: "gcr.io", upstream: "https://gcr.io" },
        { host: "ghcr.io", upstream: "https://ghcr.io" },
        { host: "quay.io", upstream: "https://quay.io" },
      ],
    );
  });

  it("ask a mirror where there is one, and the nodes ask them", () => {
    const settings = of({
      imageCache: "true",
      appImage: "docker.io/me/app",
      registryMirrors: "docker.io=http://10.1.2.3:5000",
    });
    assert.equal(imageCaches(settings)[0]?.upstream, "http://10.1.2.3:5000");
    const { registries } = k3dConfig(clusterSettings(settings), "owner", "generation");
    assert.deepEqual(registries.use, ["k3d-istio-on-k3d-docker.io:5000", "k3d-istio-on-k3d-quay.io:5000"]);
    assert.deepEqual(JSON.parse(registries.config ?? ""), {
      mirrors: {
        "docker.io": { endpoint: ["http://k3d-istio-on-k3d-docker.io:5000"] },
        "quay.io": { endpoint: ["http://k3d-istio-on-k3d-quay.io:5000"] },
      },
    });
  });

  it("make another cluster only where the registries change", () => {
    const config = (given: Record<string, string>) => k3dConfig(clusterSettings(of(given)), "owner", "");
    assert.deepEqual(config({ istioHub: "gcr.io/istio-release" }), config({}));
    const on = { imageCache: "true" };
    assert.notDeepEqual(config({ ...on, istioHub: "gcr.io/istio-release" }), config(on));
    assert.deepEqual(config({ ...on, istioHub: "docker.io/other" }), config(on));
  });
});
