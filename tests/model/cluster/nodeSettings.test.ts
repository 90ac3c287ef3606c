import assert from "node:assert/strict";
import { clusterSettings, k3dConfig } from "../../../model/cluster/k3dConfig";
import { parseSettings } from "../../../model/settings/parse";

const configOf = (texts: Readonly<Record<string, string>>) => {
  const { settings } = parseSettings(texts);
  assert.ok(settings);
  return k3dConfig(clusterSettings(settings), { stack: "s", id: "1", state: "here" }, "generation");
};
const nodeFilters = ["server:*", "agent:*"];

describe("nodes in a company's network", () => {
  it("get the proxy, and reach the cluster, its registry and its caches without it", () => {
    const { env } = configOf({
      nodeProxy: "http://proxy.example.com:3128",
      nodeNoProxy: ".example.com,10.9.0.0/16",
      imageCache: "true",
      appImage: "docker.io/me/app",
    });
    const direct =
      "localhost,127.0.0.0/8,10.44.0.0/24,10.42.0.0/16,10.43.0.0/16,.svc,.cluster.local,k3d-istio-server-0,k3d-istio-agent-0,k3d-istio-registry,k3d-istio-on-k3d-docker.io,k3d-istio-on-k3d-quay.io,host.k3d.internal,.example.com,10.9.0.0/16";
    assert.deepEqual(env, [
      { envVar: "HTTP_PROXY=http://proxy.example.com:3128", nodeFilters },
      { envVar: "HTTPS_PROXY=http://proxy.example.com:3128", nodeFilters },
      { envVar: `NO_PROXY=${direct}`, nodeFilters },
    ]);
  });

  it("get the company's CA beside the public ones", () => {
    assert.deepEqual(configOf({ nodeCaFile: "/etc/ssl/company.pem" }).volumes[1], {
      volume: "/etc/ssl/company.pem:/etc/ssl/certs/company-ca.pem:ro",
      nodeFilters,
    });
  });

  it("are empty without configuration, so that such a cluster stays the same", () => {
    const config = configOf({});
    assert.ok(!("env" in config));
    assert.equal(config.volumes.length, 1);
    const { settings } = parseSettings({});
    assert.ok(settings && !("nodes" in clusterSettings(settings)));
  });
});

describe("the addresses of a cluster that the user has", () => {
  const existing = { cluster: "existing", kubeContext: "dev", allowedContexts: "dev" };
  const wrong = (texts: Readonly<Record<string, string>>) =>
    parseSettings({ ...existing, ...texts }).problems.map(({ key }) => key);

  it("may be in any private network, and anywhere in it, as only the user knows where its nodes are", () => {
    assert.deepEqual(wrong({ subnet: "192.168.0.0/16", pool: "192.168.0.2-192.168.0.8" }), []);
    assert.deepEqual(wrong({ subnet: "10.42.0.0/24" }), []);
    assert.deepEqual(wrong({ subnet: "172.18.0.0/16", pool: "172.19.0.2-172.19.0.8" }), ["pool"]);
    assert.deepEqual(
      parseSettings({ subnet: "10.42.0.0/24" }).problems.map(({ key }) => key),
      ["subnet"],
    );
  });

  it("are not the default subnet with MetalLB, unless the pool says that the nodes are there", () => {
    assert.deepEqual(wrong({}), ["subnet"]);
    assert.deepEqual(wrong({ loadBalancer: "off" }), []);
    assert.deepEqual(wrong({ pool: "10.44.0.240-10.44.0.254" }), []);
  });
});
