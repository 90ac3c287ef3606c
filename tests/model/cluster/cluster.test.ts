import assert from "node:assert/strict";
import { classifyCluster, type ObservedCluster, stepsToHealthy } from "../../../model/cluster/clusterState";
import { clusterSettings, k3dConfig } from "../../../model/cluster/k3dConfig";
import { gatewayValues } from "../../../model/mesh/meshValues";
import { parseSettings } from "../../../model/settings/parse";

const healthy: ObservedCluster = {
  claims: ["ours", "ours"],
  states: ["running", "running"],
  generation: "abc.1",
  expected: 2,
  healthy: true,
};

const table: readonly (readonly [string, Partial<ObservedCluster>, ReturnType<typeof classifyCluster>, string])[] = [
  ["no container", { claims: [], states: [], generation: undefined }, "absent", "create"],
  ["all nodes Ready", {}, "healthy", ""],
  ["a stopped agent", { states: ["running", "exited"] }, "stopped", "start"],
  ["all nodes stopped", { states: ["exited", "exited"] }, "stopped", "start"],
  ["a paused server", { states: ["paused", "running"] }, "stopped", "start"],
  ["all nodes paused", { states: ["paused", "paused"] }, "stopped", "start"],
  [
    "a node that the user added",
    { claims: ["ours", "ours", "ours"], states: ["running", "running", "running"] },
    ...(["healthy", ""] as const),
  ],
  ["a removed node", { claims: ["ours"], states: ["running"] }, "incomplete", "remove,create"],
  ["a node that never ran", { states: ["running", "created"] }, "incomplete", "remove,create"],
  ["a node that Docker cannot remove", { states: ["running", "dead"] }, "incomplete", "remove,create"],
  ["a registry that runs", { registry: "running" }, "healthy", ""],
  ["a stopped registry", { registry: "exited" }, "stopped", "start"],
  ["a paused registry", { registry: "paused" }, "stopped", "start"],
  ["a registry that never ran", { registry: "created" }, "stopped", "start"],
  ["a removed registry", { registry: "gone" }, "incomplete", "remove,create"],
  ["an API server that does not answer", { healthy: false }, "unreachable", "refuse"],
  ["a node that restarts", { states: ["running", "restarting"], healthy: false }, "unreachable", "refuse"],
  ["other settings", { generation: "xyz.1" }, "outdated", "remove,create"],
  ["other settings, paused", { generation: "xyz.1", states: ["paused", "paused"] }, "outdated", "remove,create"],
  ["no label", { claims: ["foreign", "foreign"] }, "foreign", "refuse"],
  ["another owner, stopped", { claims: ["foreign", "foreign"], states: ["exited", "exited"] }, "foreign", "refuse"],
  ["one node of another owner", { claims: ["ours", "foreign"] }, "foreign", "refuse"],
  ["the id of a lost state", { claims: ["lost", "lost"] }, "lost", "refuse"],
  ["no id", { claims: ["unproven", "unproven"] }, "unproven", "refuse"],
];

const owner = { stack: "istio-on-k3d/dev", id: "1", state: "me@host:/a/.state" };

describe("a cluster", () => {
  for (const [what, difference, state, steps] of table)
    it(`with ${what} is ${state}: ${steps || "nothing to do"}`, () => {
      assert.equal(classifyCluster({ ...healthy, ...difference }, "abc"), state);
      assert.equal(stepsToHealthy[state].join(), steps);
    });

  it("is configured with a pinned image, a subnet, ports on 127.0.0.1 and no kube context", () => {
    const { settings } = parseSettings({ k3sVersion: "v1.34.4-k3s1" });
    assert.ok(settings);
    const config = k3dConfig(clusterSettings(settings), owner, "abc.1");
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

  it("lets the kubelets of Kubernetes 1.35 and newer start on cgroup v1, by the version alone", () => {
    const argumentsOf = (k3sVersion: string) => {
      const { settings } = parseSettings({ k3sVersion });
      assert.ok(settings);
      const made = clusterSettings(settings);
      assert.doesNotMatch(JSON.stringify(made), /cgroup/);
      return JSON.stringify(k3dConfig(made, owner, "abc.1").options.k3s.extraArgs);
    };
    assert.doesNotMatch(argumentsOf("v1.34.4-k3s1"), /cgroup/);
    assert.match(
      argumentsOf("v1.35.0-k3s1"),
      /\{"arg":"--kubelet-arg=fail-cgroupv1=false","nodeFilters":\["server:\*","agent:\*"\]\}/,
    );
  });

  const ingressGateway = gatewayValues({
    version: "1.30.3",
    poolName: "pool",
    published: true,
    pullSecrets: [],
    dataplane: "sidecar",
  });

  it("asks the ingress gateway every 2 s whether it is ready, and removes it after 60 s of failures, as Istio does", () => {
    const { periodSeconds, failureThreshold } = ingressGateway.readinessProbe;
    assert.equal(periodSeconds, 2);
    assert.equal(periodSeconds * failureThreshold, 15 * 4);
  });

  it("maps every port of the ingress gateway to a nodePort that Kubernetes never assigns dynamically", () => {
    const { ports } = ingressGateway.service;
    const taken = ports.map(({ nodePort = 0 }) => nodePort);
    assert.equal(new Set(taken).size, ports.length);
    for (const nodePort of taken) assert.ok(nodePort >= 30000 && nodePort <= 30085, String(nodePort));
  });
});
