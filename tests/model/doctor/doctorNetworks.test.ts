import assert from "node:assert/strict";
import type { Observation } from "../../../model/checks/result";
import { hasServicelb, istioIn, metallbIn } from "../../../model/doctor/existing";
import * as network from "../../../model/doctor/network";
import { forNpm, type Remedy, writeRemedy } from "../../../model/output/remedy";

const written = (remedy: Remedy = []) => writeRemedy(remedy, forNpm());
/** Outcome of a check, or that it only warns. */
const stateOf = ({ passed, isWarning }: Observation): string => (isWarning ? "warning" : passed ? "passed" : "failed");

describe("the doctor on networks", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0",
    "tun0\t0000000A\t00000000\t0001\t0\t0\t50\t000000FF\t0\t0\t0",
    "br-1f2e\t00002C0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
  ].join("\n");
  const routes = network.routesOf(table);

  it("reads routes, without the default one", () => {
    assert.deepEqual(routes, [
      { interface: "eth0", network: "192.168.0.0/24" },
      { interface: "tun0", network: "10.0.0.0/8" },
      { interface: "br-1f2e", network: "10.44.0.0/24" },
    ]);
    assert.deepEqual(network.routesOf(""), []);
  });

  it("warns of a subnet that a VPN has, and offers one that is free", () => {
    const vpn = [{ interface: "tun0", network: "10.44.0.0/16" }];
    const result = network.subnet("10.44.0.0/24", "bridge 172.17.0.0/16", [], vpn);
    const { evidence, remedy } = result;
    assert.equal(stateOf(result), "warning");
    assert.match(evidence, /^overlaps 10\.44\.0\.0\/16, which this machine reaches by tun0/);
    assert.equal(written(remedy), "npm run pulumi -- config set subnet 10.45.0.0/24");
  });

  it("offers another private network when a VPN has all of 10.0.0.0/8", () => {
    const vpn = [{ interface: "tun0", network: "10.0.0.0/8" }];
    const { remedy } = network.subnet("10.44.0.0/24", "bridge 172.17.0.0/16", [], vpn);
    assert.equal(written(remedy), "npm run pulumi -- config set subnet 172.20.200.0/24");
  });

  it("ignores the two halves of a default route that a VPN sets", () => {
    const halves = ["0.0.0.0/1", "128.0.0.0/1"].map((each) => ({ interface: "tun0", network: each }));
    assert.equal(stateOf(network.subnet("10.44.0.0/24", "bridge 172.17.0.0/16", [], halves)), "passed");
    assert.equal(network.podNetwork("10.42.0.0/16", halves), undefined);
  });

  it("rejects the subnet of another Docker network, and accepts that of the stack's own network and bridge", () => {
    const lines = "bridge 172.17.0.0/16\nk3d-istio 10.44.0.0/24\nother 10.45.0.0/24";
    const bridge = [{ interface: "br-1f2e", network: "10.44.0.0/24" }];
    assert.equal(stateOf(network.subnet("10.44.0.0/24", lines, ["k3d-istio"], bridge)), "passed");
    const result = network.subnet("10.45.0.0/24", lines, ["k3d-istio"], bridge);
    const { remedy } = result;
    assert.deepEqual(
      [stateOf(result), written(remedy)],
      ["failed", "npm run pulumi -- config set subnet 10.44.0.0/24"],
    );
  });

  it("warns of networks of pods and Services that this machine reaches elsewhere", () => {
    const away = [{ interface: "wlan0", network: "10.43.7.0/24" }];
    assert.equal(network.podNetwork("10.43.0.0/16", away)?.isWarning, true);
    assert.equal(network.podNetwork("10.42.0.0/16", away), undefined);
    assert.equal(network.podNetwork("10.42.0.0/16", [{ interface: "cni0", network: "10.42.0.0/24" }]), undefined);
  });

  for (const [nodes, instances, watches, state] of [
    [2, 128, 65_536, "passed"],
    [9, 128, 1_000_000, "warning"],
    [9, 1024, 1_000_000, "passed"],
    [2, 1024, 8192, "warning"],
    [1, 64, undefined, "passed"],
    [2, 64, undefined, "warning"],
    [2, undefined, undefined, undefined],
  ] as const)
    it(`rates ${instances} inotify instances and ${watches} watches with ${nodes} nodes as ${state ?? "not applicable"}`, () => {
      const observed = network.inotify(nodes, instances, watches);
      assert.equal(observed && stateOf(observed), state);
    });

  it("names the process that has a port, and the key that changes the port", () => {
    assert.equal(stateOf(network.port(80, "httpPort", undefined)), "passed");
    assert.equal(stateOf(network.port(80, "httpPort", { name: "x", isOurs: true })), "passed");
    assert.deepEqual(
      written(network.port(80, "httpPort", { name: "nginx (process 7)", isOurs: false }).remedy),
      "stop it, or: npm run pulumi -- config set httpPort 8080",
    );
    const lost = network.port(80, "httpPort", {
      name: "the container k3d-istio-server-0",
      isOurs: false,
      isLost: true,
    });
    assert.equal(written(lost.remedy), "npm run destroy removes it");
    assert.match(written(network.port(8443, "httpsPort", { name: "x", isOurs: false }).remedy), /httpsPort 8444$/);
  });
});

describe("the doctor on a cluster that the user has", () => {
  const node = (args: readonly string[] | undefined, address: string) => ({
    metadata: { name: "node-0", annotations: args ? { "k3s.io/node-args": JSON.stringify(args) } : {} },
    status: { addresses: [{ type: "InternalIP", address }] },
  });

  for (const [args, has] of [
    [["server"], true],
    [["server", "--disable", "traefik"], true],
    [["server", "--disable", "traefik", "--disable", "servicelb"], false],
    [["server", "--disable=traefik,servicelb"], false],
    [["agent"], false],
    [undefined, false],
  ] as const)
    it(`${has ? "finds" : "does not find"} k3s' load balancer with ${args?.join(" ") ?? "another Kubernetes"}`, () => {
      assert.equal(hasServicelb([node(args, "172.18.0.2")]), has);
    });

  it("refuses MetalLB beside k3s' load balancer, or with addresses outside of the nodes' network", () => {
    const beside = metallbIn([node(["server"], "172.18.0.2")], "172.18.0.0/16");
    assert.equal(written(beside.remedy), "npm run pulumi -- config set loadBalancer off");
    const outside = metallbIn([node(undefined, "172.18.0.2")], "10.44.0.0/24");
    assert.equal(
      outside.evidence,
      "would announce addresses of 10.44.0.0/24, which node node-0 (172.18.0.2) is not in; nobody would answer there",
    );
    assert.equal(stateOf(metallbIn([node(undefined, "172.18.0.2")], "172.18.0.0/16")), "passed");
  });

  const controlPlane = (name: string, namespace = "istio-system") => ({ metadata: { name, namespace } });

  it("refuses another Istio in it, in ambient or with sidecars", () => {
    for (const other of [controlPlane("istiod"), controlPlane("istiod-1-30-3", "mesh"), controlPlane("istiod-canary")])
      assert.equal(stateOf(istioIn([other])), "failed", other.metadata.name);
    assert.match(istioIn([controlPlane("istiod")]).evidence, /istio-system\/istiod, which this stack did not install/);
  });

  it("accepts the stack's own Istio, also a second version, and warns of another one beside it", () => {
    const own = [controlPlane("istiod-1-31-1"), controlPlane("istiod-1-32-0-rc-0")];
    assert.equal(stateOf(istioIn([])), "passed");
    assert.equal(stateOf(istioIn(own)), "passed");
    assert.equal(stateOf(istioIn([...own, controlPlane("istiod-canary")])), "warning");
  });
});
