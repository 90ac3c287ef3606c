import assert from "node:assert/strict";
import { proxyTable, type Summary, usageOf } from "./proxyTable";

const pod = (namespace: string, name: string, container: string, mebibytes: number) => ({
  podRef: { namespace, name },
  containers: [
    { name: container, memory: { workingSetBytes: mebibytes * 2 ** 20 }, cpu: { usageNanoCores: mebibytes * 1e5 } },
    { name: "helloworld" },
  ],
});
const node = (...pods: Summary["pods"]): Summary => ({ pods });

describe("the table of sidecars beside ambient", () => {
  it("sums each part of Istio over the nodes, and takes the median of the samples", () => {
    const gateway = pod("istio-system", "istio-ingressgateway-x", "istio-proxy", 30);
    const sidecar = usageOf([
      node(gateway, pod("helloworld", "v1", "istio-proxy", 20)),
      node(pod("helloworld", "v2", "istio-proxy", 25)),
    ]);
    const ambient = (mebibytes: number) =>
      usageOf([node(gateway, pod("istio-system", "ztunnel-y", "istio-proxy", mebibytes))]);
    const table = proxyTable([
      { dataplane: "sidecar", seconds: 51.4, usages: [sidecar] },
      { dataplane: "ambient", seconds: 60.2, usages: [ambient(5), ambient(90), ambient(7)] },
    ]);
    assert.deepEqual(table.split("\n").slice(2), [
      "| istiod | – | – | – | – |",
      "| ingress gateway | 30 | 3 | 30 | 3 |",
      "| sidecars of the app | 45 | 5 | – | – |",
      "| ztunnel | – | – | 7 | 1 |",
      "| istio-cni | – | – | – | – |",
      "| all of Istio | 75 | 8 | 37 | 4 |",
      "| up from nothing | 51 s |  | 60 s |  |",
    ]);
  });
});
