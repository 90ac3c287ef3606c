import assert from "node:assert/strict";
import { classify, type Observed, stepsToHealthy } from "../../model/cluster/clusterState";
import { clusterSettings, k3dConfig } from "../../model/cluster/k3dConfig";
import { gatewayValues } from "../../model/mesh/meshValues";
import { parseSettings } from "../../model/settings/parse";

const mine = { owner: "istio-on-k3d/dev", generation: "abc" };
const healthy: Observed = {
  owners: [mine.owner, mine.owner],
  generation: "abc.1",
  running: 2,
  expected: 2,
  healthy: true,
};

const table: readonly (readonly [string, Partial<Observed>, ReturnType<typeof classify>, string])[] = [
  ["no container", { owners: [], generation: undefined, running: 0 }, "absent", "create"],
  ["all Ready", {}, "healthy", "adopt"],
  ["an agent stopped", { running: 1 }, "stopped", "start"],
  ["all stopped", { running: 0 }, "stopped", "start"],
  ["a node removed", { owners: [mine.owner], running: 1 }, "broken", "delete,create"],
  ["a registry that runs", { registry: "running" }, "healthy", "adopt"],
  ["a registry that k3d was killed before starting", { registry: "stopped" }, "stopped", "start"],
  ["a registry removed", { registry: "gone" }, "broken", "delete,create"],
  ["an API server that does not answer", { healthy: false }, "broken", "delete,create"],
  ["made from other settings", { generation: "xyz.1" }, "outdated", "delete,create"],
  ["no label", { owners: [undefined, undefined] }, "foreign", "refuse"],
  ["another stack's", { owners: ["istio-on-k3d/ci", "istio-on-k3d/ci"] }, "foreign", "refuse"],
  ["another's, stopped", { owners: [undefined], running: 0 }, "foreign", "refuse"],
  ["partly another's", { owners: [mine.owner, undefined] }, "foreign", "refuse"],
];

describe("cluster", () => {
  for (const [what, difference, state, steps] of table)
    it(`with ${what} is ${state}: ${steps}`, () => {
      assert.equal(classify({ ...healthy, ...difference }, mine), state);
      assert.equal(stepsToHealthy[state].join(), steps);
    });

  it("is configured with a pinned image, a subnet, ports on 127.0.0.1 and no kube context", () => {
    const { settings } = parseSettings({});
    assert.ok(settings);
    const config = k3dConfig(clusterSettings(settings), mine.owner, "abc.1");
    assert.match(config.image, /^rancher\/k3s:v\d+\.\d+\.\d+-k3s\d+$/);
    assert.equal(config.subnet, "10.44.0.0/24");
    assert.deepEqual(
      config.ports.map(({ port }) => port),
      ["127.0.0.1:80:30080", "127.0.0.1:443:30043"],
    );
    assert.deepEqual(config.options.kubeconfig, { updateDefaultKubeconfig: false, switchCurrentContext: false });
    assert.deepEqual(
      config.options.k3s.extraArgs.map(({ arg }) => arg),
      ["--disable=servicelb", "--disable=traefik"],
    );
  });

  it("has every port of the ingress gateway on a nodePort that Kubernetes gives to no other by chance", () => {
    const { ports } = gatewayValues({ poolName: "pool", published: true, pullSecrets: [] }).service;
    const taken = ports.map(({ nodePort = 0 }) => nodePort);
    assert.equal(new Set(taken).size, ports.length);
    for (const nodePort of taken) assert.ok(nodePort >= 30000 && nodePort <= 30085, String(nodePort));
  });
});
