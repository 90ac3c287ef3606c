import assert from "node:assert/strict";
import { cacheContainer, imageCaches, registryOf } from "../../../model/cluster/imageCache";
import { clusterSettings, k3dConfig } from "../../../model/cluster/k3dConfig";
import { parseSettings } from "../../../model/settings/parse";

const of = (config: Record<string, string>) => {
  const { settings, problems } = parseSettings(config);
  assert.ok(settings, JSON.stringify(problems));
  return settings;
};

const owner = { stack: "istio-on-k3d/dev", id: "1", state: "me@host:/a/.state" };

describe("the caches of images", () => {
  for (const [image, host] of [
    ["docker.io/istio", "docker.io"],
    ["us-docker.pkg.dev/google-samples/containers/gke/hello-app", "us-docker.pkg.dev"],
    ["localhost:5000/app", "localhost:5000"],
    ["localhost/app", "localhost"],
    ["library/nginx", "docker.io"],
    ["nginx:1.27", "docker.io"],
  ] as const)
    it(`know that ${image} is of ${host}`, () => {
      assert.equal(registryOf(image), host);
    });

  it("are off by default, and one for each registry that an environment pulls from when they are on", () => {
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

  it("have names that fit a container's host name, different ones for different registries", () => {
    const host = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com";
    const names = [host, host.replace("southeast-2", "southeast-1"), "docker.io"].map((name) =>
      cacheContainer({ host: name, upstream: `https://${name === "docker.io" ? "registry-1.docker.io" : name}` }),
    );
    for (const name of names) assert.match(name, /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])$/);
    assert.equal(new Set(names).size, 3);
    assert.equal(names[2], "k3d-istio-on-k3d-docker.io");
  });

  it("are none of a registry on the loopback interface, which a container does not reach", () => {
    for (const appImage of ["localhost:5000/hello-app", "localhost/hello-app", "127.0.0.1:5000/hello-app"])
      assert.deepEqual(
        imageCaches(of({ imageCache: "true", appImage })).map(({ host }) => host),
        ["docker.io", "quay.io"],
      );
  });

  it("are one for each upstream, so that no stack changes the cache that another uses", () => {
    const name = (upstream: string) => cacheContainer({ host: "docker.io", upstream });
    const names = ["https://registry-1.docker.io", "https://a.test", "https://b.test"].map(name);
    assert.equal(new Set(names).size, 3);
    assert.equal(names[0], "k3d-istio-on-k3d-docker.io");
  });

  it("pull from a configured mirror, and the nodes pull from them", () => {
    const settings = of({
      imageCache: "true",
      appImage: "docker.io/me/app",
      registryMirrors: "docker.io=http://10.1.2.3:5000",
    });
    assert.equal(imageCaches(settings)[0]?.upstream, "http://10.1.2.3:5000");
    const { registries } = k3dConfig(clusterSettings(settings), owner, "generation");
    const [mirrored = ""] = registries.use ?? [];
    assert.match(mirrored, /^k3d-istio-on-k3d-docker\.io-[0-9a-f]{8}:5000$/);
    assert.deepEqual(registries.use, [mirrored, "k3d-istio-on-k3d-quay.io:5000"]);
    assert.deepEqual(JSON.parse(registries.config ?? ""), {
      mirrors: {
        "k3d-istio-registry:5000": { endpoint: ["http://k3d-istio-registry:5000"] },
        "docker.io": { endpoint: [`http://${mirrored}`] },
        "quay.io": { endpoint: ["http://k3d-istio-on-k3d-quay.io:5000"] },
      },
    });
  });

  it("cause a new cluster only if the registries change", () => {
    const config = (given: Record<string, string>) => k3dConfig(clusterSettings(of(given)), owner, "");
    assert.deepEqual(config({ istioHub: "gcr.io/istio-release" }), config({}));
    const on = { imageCache: "true" };
    assert.notDeepEqual(config({ ...on, istioHub: "gcr.io/istio-release" }), config(on));
    assert.deepEqual(config({ ...on, istioHub: "docker.io/other" }), config(on));
  });
});
